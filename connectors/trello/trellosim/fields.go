package trellosim

import (
	"crypto/sha256"
	"encoding/hex"
)

// Limits of a board. Source: the limits object of live boards in 2026.
const (
	maxFields  = 50
	maxOptions = 50
	maxLabels  = 1000
)

// addField makes a custom field at the end of a board's fields.
func (w *world) addField(b *board, name, kind string) *customField {
	pos := float64(step)
	for _, have := range w.fieldsOf(b.ID) {
		pos = max(pos, have.Pos+step)
	}
	f := &customField{ID: w.newID(), IDModel: b.ID, Name: name, Type: kind, Pos: pos}
	f.Display.CardFront = true
	sum := sha256.Sum256([]byte(name + kind))
	f.FieldGroup = hex.EncodeToString(sum[:])
	w.fields[f.ID] = f
	return f
}

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"stackrank/config"
	"stackrank/internal/cycle"
)

// reading says how the sources of a backlog are read. Another program, other
// settings or another wiring read other things: then nothing of before holds.
func reading(c config.Config, b config.Backlog) map[string]cycle.Reading {
	out := map[string]cycle.Reading{}
	for _, s := range c.SourcesOf(b) {
		w := wiringOf(b, s, nil)
		w.Zone = nil
		out[s.Name] = cycle.Reading{
			Scope: digest([]any{version(), s.Kind, s.Options, w, b.Timezone.Location().String()}), Every: s.FullEvery,
		}
	}
	return out
}

// digest names settings by their content: "sha256:" and the hash of their JSON.
// Secrets are in it by reference only.
func digest(settings any) string {
	text, err := json.Marshal(settings)
	if err != nil {
		panic(fmt.Sprintf("settings that came from YAML are not printable: %v", err))
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

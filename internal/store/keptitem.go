package store

import (
	"encoding/json"
	"time"

	"stackrank/internal/work"
)

// keptItem is an item of the common model in a form that leaves out what is not
// set. It has the fields of work.Item in their order, so that one is turned into
// the other by the language alone and none can be forgotten.
type keptItem struct {
	Ref      work.Ref                 `json:"ref"`
	Key      string                   `json:"key,omitzero"`
	Title    string                   `json:"title,omitzero"`
	URL      string                   `json:"url,omitzero"`
	Type     string                   `json:"type,omitzero"`
	Subtask  bool                     `json:"subtask,omitzero"`
	Epic     bool                     `json:"epic,omitzero"`
	Sprint   bool                     `json:"sprint,omitzero"`
	Status   work.Status              `json:"status,omitzero"`
	Lane     string                   `json:"-"`
	LaneName string                   `json:"-"`
	Native   int                      `json:"-"`
	Position float64                  `json:"-"`
	Parent   work.Ref                 `json:"parent,omitzero"`
	Labels   []string                 `json:"labels,omitzero"`
	Created  time.Time                `json:"created,omitzero"`
	Due      time.Time                `json:"due,omitzero"`
	Signals  work.Signals             `json:"signals,omitzero"`
	Events   []work.Event             `json:"events,omitzero"`
	Attrs    map[string]work.Attr     `json:"attrs,omitzero"`
	Outputs  map[work.Slot]work.Value `json:"outputs,omitzero"`
	Links    []work.Link              `json:"links,omitzero"`
	Class    work.Class               `json:"class,omitzero"`
	Refused  string                   `json:"refused,omitzero"`
	Fixed    string                   `json:"fixed,omitzero"`
	Lacks    []work.Slot              `json:"lacks,omitzero"`
}

func encodeItem(it work.Item) (string, error) { return encode(keptItem(it)) }

func decodeItem(row string) (work.Item, error) {
	var k keptItem
	err := json.Unmarshal([]byte(row), &k)
	return work.Item(k), err
}

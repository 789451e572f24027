package trellosim

import (
	"fmt"
	"time"
)

// builtinComments are what people write under the cards of the built-in board,
// over and over.
var builtinComments = []string{
	"Somebody asked for this at the pier again.",
	"Could we try it on one route first?",
	"I can help from next week on.",
	"What would it cost us to leave it?",
	"The captains would like it, too.",
	"See also what the partners said in spring.",
}

// feed tells how a card was made and what was said about it since, spread over
// the time between. The last comment is the card's last activity.
func (b *builtinBuilder) feed(card object, list string, created time.Time, comments int) {
	data := func() object {
		return object{
			"card":  object{"id": card["id"], "name": card["name"], "idShort": card["idShort"], "shortLink": card["shortLink"]},
			"list":  object{"id": card["idList"], "name": list},
			"board": object{"id": builtinBoard, "name": builtinName, "shortLink": builtinLink},
		}
	}
	b.act("createCard", created, data())
	for n := range comments {
		at := created.Add(b.now.Sub(created) * time.Duration(n+1) / time.Duration(comments+1))
		said := data()
		said["text"] = builtinComments[(len(b.actions)+n)%len(builtinComments)]
		b.act("commentCard", at, said)
		card["dateLastActivity"] = max(card["dateLastActivity"].(string), stamp(at))
	}
}

// act notes one action. Its id holds its time, as ids do.
func (b *builtinBuilder) act(kind string, at time.Time, data object) {
	n := len(b.actions)
	b.actions = append(b.actions, object{
		"id": fmt.Sprintf("%08x%010x%06x", at.Unix()&0xffffffff, 0x4a7b0ca2d6, n+1), "type": kind, "date": stamp(at), "data": data,
		"idMemberCreator": builtinID(kindMember, n%len(builtinPeople)), "appCreator": nil,
	})
}

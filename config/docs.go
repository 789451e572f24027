package config

// docs describes the keys of the blocks policy and write for the JSON Schema.
// The packages that own these settings describe them to readers of code; what
// stands here is for readers of the file. A test keeps it complete.
var docs = map[string]string{
	"backlogs[].policy.model":                    "Formula of the score.",
	"backlogs[].policy.value":                    "Weight of each criterion in the value of an item; only their proportions matter.",
	"backlogs[].policy.urgency":                  "What a due date does to the value.",
	"backlogs[].policy.urgency.horizon":          "Calendar time before the latest sensible start in which urgency grows.",
	"backlogs[].policy.urgency.boost":            "How many times its value a due date adds at most. 0: dates count for nothing.",
	"backlogs[].policy.anchors":                  "Fixed scales by criterion, and of effort and total, as calibrate writes them; without one the built-in constants hold.",
	"backlogs[].policy.anchors.*.curve":          "How a figure becomes a share from 0 to 1.",
	"backlogs[].policy.anchors.*.half":           "Figure that counts half of the most possible.",
	"backlogs[].policy.anchors.*.mean":           "Expected share of an item whose figure is not known; for effort the expected days.",
	"backlogs[].policy.anchors.*.sd":             "Standard deviation of that share; for effort on the log scale.",
	"backlogs[].policy.anchors.*.noise":          "Standard deviation of the error in a known share.",
	"backlogs[].policy.anchors.*.half_life":      "Calendar time after which a piece of evidence counts half.",
	"backlogs[].policy.anchors.*.days_per_point": "For effort: days of work in a story point.",
	"backlogs[].policy.stakeholders":             "People with scores of their own.",
	"backlogs[].policy.evidence":                 "CSV files of dated evidence: key, signal, date, amount, source.",
	"backlogs[].policy.require":                  "What an item must know to reach the first tier; without it the item keeps its place.",
	"backlogs[].policy.hysteresis":               "Probability that A belongs above B from which a pair is worth swapping: 0.5 or more, below 1.",

	"backlogs[].write.apply":        "What the daemon may write. A sync by hand is its own approval.",
	"backlogs[].write.freeze":       "Times in the backlog's zone without unattended writing, such as Mon 09:00-12:00.",
	"backlogs[].write.hold":         "Kinds of items that are scored and listed, never moved or labelled.",
	"backlogs[].write.to":           "What is written to each source; a source that is not named is only read.",
	"backlogs[].write.to.*.score":   "Name or id of the field for the score, 0 to 100.",
	"backlogs[].write.to.*.rank":    "Name or id of the field for the place, from 1.",
	"backlogs[].write.to.*.labels":  "Whether items get the labels of their tiers.",
	"backlogs[].write.to.*.order":   "Whether the tracker's own order is changed.",
	"backlogs[].write.label_prefix": "Labels that begin with it are ours; all others are left alone.",
	"backlogs[].write.tiers":        "Names with their last places, cumulative and in this order; the rest gets no label.",
	"backlogs[].write.top":          "Places that get scores, places and labels; they are cleared below. all: every place.",
	"backlogs[].write.min_delta":    "Points of score below which nothing is written.",
	"backlogs[].write.max_share":    "Share of the items, 0 to 1, that one plan may edit without --force.",
	"backlogs[].write.on_leave":     "What open items lose that left the backlog: our labels, our labels and fields (clear), or nothing (keep).",
	"backlogs[].write.on_conflict":  "Whose value stays where a person changed one of ours.",
	"backlogs[].write.pin_for":      "Calendar time for which an item stays that a person moved.",
	"backlogs[].write.pin_expiry":   "What happens then: ask about the item, or release it.",
	"backlogs[].write.plan_ttl":     "Age from which a saved plan is refused.",
}

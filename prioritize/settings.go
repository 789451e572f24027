package prioritize

// Settings is the policy of a backlog: what counts, how much, and when. A
// policy starts from Default; a file that lists weights of its own replaces
// the map of Value and never adds to it.
type Settings struct {
	Model        string             `yaml:"model" json:"model"`                         // the formula: "cd3u", "weighted", "wsjf", "cd3", "rice", "ice", "taskwarrior", "moscow", or "moscow/rice" for another than cd3u within its tiers
	Value        map[string]float64 `yaml:"value" json:"value"`                         // criterion → weight ≥ 0; only their proportions matter, 0 leaves one out
	Urgency      Urgency            `yaml:"urgency" json:"urgency"`                     // what a due date does
	Anchors      map[string]Anchor  `yaml:"anchors" json:"anchors,omitempty"`           // scales by criterion, and of "effort" and "total"
	Stakeholders []Stakeholder      `yaml:"stakeholders" json:"stakeholders,omitempty"` // people whose scores make the criterion "stakeholders"; none: it is one field
	Signals      map[string]string  `yaml:"signals" json:"signals,omitempty"`           // own signals: name → formula of package expression
	Classes      []ClassRule        `yaml:"classes" json:"classes,omitempty"`           // rules of the classes of service; the first that holds decides
	Evidence     []string           `yaml:"evidence" json:"evidence,omitempty"`         // paths of CSV files with dated evidence; a later row wins over an equal one
	Require      []string           `yaml:"require" json:"require,omitempty"`           // what an item must know to reach the first tier: criteria, "effort", "due"
	Hysteresis   float64            `yaml:"hysteresis" json:"hysteresis"`               // P(A above B) from which a pair is worth swapping, 0.5 (any) to below 1

	// Ours begins the labels that follow from the order, so that no order follows
	// from them; "": there are none. It is no key of a policy: the rules of writing
	// have it, and two policies that differ in it alone are one.
	Ours string `yaml:"-" json:"-"`
}

// Urgency says how a due date raises the value of an item: by up to Boost times
// the value, over the last Horizon before the latest sensible start.
type Urgency struct {
	Horizon Days    `yaml:"horizon" json:"horizon"` // above 0
	Boost   float64 `yaml:"boost" json:"boost"`     // 0 (dates count for nothing) to 100
}

// Anchor fixes the scale of one criterion, so that no other item can move it.
// A field that is zero keeps what is built in.
//
// Noise says how well people estimate: 0.15 (within a seventh) is high
// confidence, 0.5 medium, 1 (a factor of nearly three) low; assumed. The noisier
// an estimate, the closer it is drawn to what is expected of any item.
//
// Under the signal of a stakeholder, Quantiles alone apply: what the person's
// scores are held against. Under the name "effort", Mean and SD describe days of
// work as far as they are not known (3 expected, 0.8 on the log scale), and
// PerPoint applies. Under the name "total", Half alone applies.
type Anchor struct {
	Curve    Curve   `yaml:"curve" json:"curve,omitempty"`                   // how a figure becomes a share 0…1
	Half     float64 `yaml:"half" json:"half,omitempty"`                     // scale of the count and money curves, in their unit; built in: 5, demand 3, money 10 000
	Mean     float64 `yaml:"mean" json:"mean,omitempty"`                     // expected share of an item whose figure is not known, 0…1; built in: 0.5
	SD       float64 `yaml:"sd" json:"sd,omitempty"`                         // standard deviation of that share, to 1; built in: 0.25
	Noise    float64 `yaml:"noise" json:"noise,omitempty"`                   // standard deviation of the error in a known judgement, on the log scale, to 3; built in: 0
	HalfLife Days    `yaml:"half_life" json:"half_life,omitzero"`            // after this long a piece of a count counts half; built in: 90d
	PerPoint float64 `yaml:"days_per_point" json:"days_per_point,omitempty"` // effort only: days of work in a story point; built in: 1

	// Quantiles are those of a stakeholder's scores at equal steps, the least
	// score first, the greatest last; built in: a tenth of the score is its share.
	Quantiles []float64 `yaml:"quantiles" json:"quantiles,omitempty"`
}

// Default gives the policy of a backlog that configures nothing. Its weights
// are assumed, not measured.
func Default() Settings {
	return Settings{
		Model: "cd3u",
		Value: map[string]float64{
			"stakeholders": 0.30,
			"priority":     0.25,
			"demand":       0.25,
			"revenue":      0.20,
		},
		Urgency:    Urgency{Horizon: 21, Boost: 2},
		Require:    []string{"effort"},
		Hysteresis: 0.70,
	}
}

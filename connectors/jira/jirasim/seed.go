package jirasim

import "encoding/json"

// Deployment is the kind of Jira that a site imitates.
type Deployment string

// The two deployments. The zero value of Seed.Deployment means Cloud.
const (
	Cloud      Deployment = "cloud"
	DataCenter Deployment = "datacenter"
)

// What a site uses where its seed says nothing. The zones differ on purpose:
// Jira gives times in the site's zone and reads JQL in the user's.
const (
	DefaultUser     = "po@example.com"
	DefaultToken    = "sandbox-token"
	DefaultZone     = "America/Chicago"
	DefaultUserZone = "Europe/Berlin"
	DefaultCloudID  = "5a7b2c1e-4d3f-4e6a-9b8c-0d1e2f3a4b5c"
)

// Seed is what a site starts with. Only Issues is needed: whatever the other
// lists leave out is found in the issues or made up as a fresh site has it.
type Seed struct {
	Deployment Deployment
	Context    string // Data Center only: the path before /rest, such as "/jira"
	CloudID    string // Cloud only: names the base path /ex/jira/{CloudID}
	Zone       string // IANA name: the site's default zone, in which times are given
	User       User   // who acts; its Zone is the one that JQL dates are read in
	Token      string // what User authenticates with

	Issues     []json.RawMessage // in the order of the backlog, where they hold no rank
	Fields     []Field           // custom fields; names and types for ids that the issues use, and further ones
	Priorities []Priority        // most urgent first
	Statuses   []Status          // in the order of the workflow
	Projects   []Project
	Boards     []Board
	Sprints    []Sprint
	LinkTypes  []LinkType
	Versions   []Version
}

// User is a person known to the site.
type User struct {
	ID    string // Cloud: account id; Data Center: key
	Name  string // Data Center: login name
	Email string // Cloud: login name
	Label string // as people see it
	Zone  string // IANA name
}

// Field is a custom field. A field with the custom type RankType is kept as a
// rank over all issues; the first such field is the one that boards use.
type Field struct {
	ID      string // "customfield_10050"
	Name    string
	Type    string // JSON type of the value: number, string, date, datetime, option, array, user, any
	Items   string // for arrays: type of the elements
	Custom  string // key of the field's type, such as NumberType
	Project string // key of the only project that has it; empty for all
	Options []string
}

// Types of custom fields, as the schema's "custom" names them.
const (
	RankType       = "com.pyxis.greenhopper.jira:gh-lexo-rank"
	SprintType     = "com.pyxis.greenhopper.jira:gh-sprint"
	EpicLinkType   = "com.pyxis.greenhopper.jira:gh-epic-link"
	SLAType        = "com.atlassian.servicedesk:sd-sla-field"
	NumberType     = "com.atlassian.jira.plugin.system.customfieldtypes:float"
	TextType       = "com.atlassian.jira.plugin.system.customfieldtypes:textfield"
	TextAreaType   = "com.atlassian.jira.plugin.system.customfieldtypes:textarea"
	DateType       = "com.atlassian.jira.plugin.system.customfieldtypes:datepicker"
	DateTimeType   = "com.atlassian.jira.plugin.system.customfieldtypes:datetime"
	SelectType     = "com.atlassian.jira.plugin.system.customfieldtypes:select"
	MultiType      = "com.atlassian.jira.plugin.system.customfieldtypes:multiselect"
	LabelsType     = "com.atlassian.jira.plugin.system.customfieldtypes:labels"
	UserPickerType = "com.atlassian.jira.plugin.system.customfieldtypes:userpicker"
)

// Priority is one level; their order in the seed is the site's order.
type Priority struct{ ID, Name string }

// Status is a step of the workflow. Category is a key of Jira's: new,
// indeterminate, done or undefined.
type Status struct{ ID, Name, Category string }

// Project is a project; a team-managed one has fields of its own and a
// board of type "simple".
type Project struct {
	ID, Key, Name string
	TeamManaged   bool
}

// Board is a board over one project. Rank and Estimate are field ids; where
// empty, the site's rank field and, on scrum boards, its story points.
type Board struct {
	ID             int64
	Name           string
	Type           string // scrum, kanban or simple
	Project        string // key
	Rank, Estimate string
}

// Sprint is a sprint of a board. State is future, active or closed; Start and
// End are RFC 3339 or empty.
type Sprint struct {
	ID         int64
	Name       string
	State      string
	Board      int64
	Goal       string
	Start, End string
}

// LinkType is a kind of link between issues: on A with an outward issue B it
// reads "A <Outward> B".
type LinkType struct{ ID, Name, Inward, Outward string }

// Version is a version of a project; Release is a day such as "2026-12-01".
type Version struct {
	ID, Name, Project  string
	Released, Archived bool
	Release            string
}

package jirasim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// fieldPrefix begins the keys of the usual types of custom fields.
const fieldPrefix = "com.atlassian.jira.plugin.system.customfieldtypes:"

// searchers are the searchers that fit the types of fields that people can
// add. Source: Jira Cloud platform, "Create custom field".
var searchers = map[string][]string{
	NumberType:     {"exactnumber", "numberrange"},
	TextType:       {"textsearcher"},
	TextAreaType:   {"textsearcher"},
	DateType:       {"daterange"},
	DateTimeType:   {"datetimerange"},
	SelectType:     {"multiselectsearcher"},
	MultiType:      {"multiselectsearcher"},
	LabelsType:     {"labelsearcher"},
	UserPickerType: {"userpickergroupsearcher"},
}

// newFieldRoutes add fields to the site and put them on screens.
func (s *Site) newFieldRoutes() {
	s.platform("POST", "/field", (*call).createField)
	s.platform("POST", "/screens/addToDefault/{fieldId}", (*call).addToScreen)
}

// createField adds a custom field for all projects. It is on no screen yet,
// so that Data Center refuses to set it.
func (c *call) createField() answer {
	var in struct {
		Name     string `json:"name"`
		Type     string `json:"type"`
		Searcher string `json:"searcherKey"`
	}
	if a := c.read(&in); a != nil {
		return *a
	}
	if !c.s.allowed("", Administer) {
		status := map[bool]int{true: http.StatusBadRequest, false: http.StatusForbidden}[c.s.cloud()]
		return refuse(status, "You do not have permission to create custom fields.")
	}
	known, ok := searchers[in.Type]
	faults := map[string]string{}
	if strings.TrimSpace(in.Name) == "" {
		faults["name"] = "The name of the custom field must not be empty."
	}
	if !ok {
		faults["type"] = fmt.Sprintf("The custom field type '%s' does not exist.", in.Type)
	}
	if ok && in.Searcher != "" && !slices.Contains(known, strings.TrimPrefix(in.Searcher, fieldPrefix)) {
		faults["searcherKey"] = fmt.Sprintf("The searcher '%s' does not fit the type of the custom field.", in.Searcher)
	}
	if len(faults) > 0 {
		return refuseFields(http.StatusBadRequest, faults)
	}
	items := map[string]string{MultiType: "option", LabelsType: "string"}[in.Type]
	f := c.s.define(Field{ID: c.s.freeID(10100), Name: strings.TrimSpace(in.Name), Custom: in.Type, Items: items})
	f.offScreen = true
	return reply(http.StatusCreated, c.describe(f))
}

// addToScreen puts a field on the default screen.
func (c *call) addToScreen() answer {
	if !c.s.allowed("", Administer) {
		return refuse(http.StatusForbidden, "You do not have permission to configure screens.")
	}
	f := c.s.fields[c.r.PathValue("fieldId")]
	if f == nil || !f.custom || !f.offScreen {
		return refuse(http.StatusNotFound, "The field does not exist or is on the screen already.")
	}
	f.offScreen = false
	return reply(http.StatusOK, struct{}{})
}

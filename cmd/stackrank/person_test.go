package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"stackrank/internal/work"
)

// as makes a request as a person does who is logged in to a tracker, "jira" or
// "trello", and gives the answer. The body is JSON.
func (s *sims) as(tracker, method, path, body string) ([]byte, error) {
	base := s.jiraURL
	if tracker == "trello" {
		base = s.trelloURL
	}
	req, err := http.NewRequest(method, base+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if tracker == "trello" {
		req.Header.Set("Authorization", fmt.Sprintf(`OAuth oauth_consumer_key="%s", oauth_token="%s"`, s.trello.Key(), s.trello.Token()))
	} else {
		req.SetBasicAuth(s.jira.Credentials())
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, answer)
	}
	return answer, err
}

// score sets the score of an item by hand; field is that of its tracker.
func (s *sims) score(ref work.Ref, field, value string) error {
	var err error
	if ref.Source == "trello" {
		_, err = s.as("trello", "PUT", "/1/cards/"+ref.ID+"/customField/"+field+"/item", fmt.Sprintf(`{"value":{"number":%q}}`, value))
	} else {
		_, err = s.as("jira", "PUT", "/rest/api/2/issue/"+ref.ID, fmt.Sprintf(`{"fields":{%q:%s}}`, field, value))
	}
	return err
}

// retitle gives an item another title.
func (s *sims) retitle(ref work.Ref, title string) error {
	var err error
	if ref.Source == "trello" {
		_, err = s.as("trello", "PUT", "/1/cards/"+ref.ID, fmt.Sprintf(`{"name":%q}`, title))
	} else {
		_, err = s.as("jira", "PUT", "/rest/api/2/issue/"+ref.ID, fmt.Sprintf(`{"fields":{"summary":%q}}`, title))
	}
	return err
}

// label puts a label on an item that is new to its tracker.
func (s *sims) label(ref work.Ref, name string) error {
	var err error
	if ref.Source == "trello" {
		_, err = s.as("trello", "POST", "/1/cards/"+ref.ID+"/labels", fmt.Sprintf(`{"name":%q,"color":"sky"}`, name))
	} else {
		_, err = s.as("jira", "PUT", "/rest/api/2/issue/"+ref.ID, fmt.Sprintf(`{"update":{"labels":[{"add":%q}]}}`, name))
	}
	return err
}

// unlabel takes a label off an item.
func (s *sims) unlabel(ref work.Ref, name string) error {
	if ref.Source == "jira" {
		_, err := s.as("jira", "PUT", "/rest/api/2/issue/"+ref.ID, fmt.Sprintf(`{"update":{"labels":[{"remove":%q}]}}`, name))
		return err
	}
	text, err := s.as("trello", "GET", "/1/cards/"+ref.ID, "")
	if err != nil {
		return err
	}
	var card struct{ Labels []struct{ ID, Name string } }
	if err := json.Unmarshal(text, &card); err != nil {
		return err
	}
	for _, l := range card.Labels {
		if l.Name == name {
			if _, err := s.as("trello", "DELETE", "/1/cards/"+ref.ID+"/idLabels/"+l.ID, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// finish closes an issue, or archives a card.
func (s *sims) finish(ref work.Ref) error {
	if ref.Source == "trello" {
		_, err := s.as("trello", "PUT", "/1/cards/"+ref.ID, `{"closed":true}`)
		return err
	}
	text, err := s.as("jira", "GET", "/rest/api/2/issue/"+ref.ID+"/transitions", "")
	if err != nil {
		return err
	}
	var ways struct {
		Transitions []struct {
			ID string
			To struct{ StatusCategory struct{ Key string } }
		}
	}
	if err := json.Unmarshal(text, &ways); err != nil {
		return err
	}
	for _, w := range ways.Transitions {
		if w.To.StatusCategory.Key == "done" {
			_, err := s.as("jira", "POST", "/rest/api/2/issue/"+ref.ID+"/transitions", fmt.Sprintf(`{"transition":{"id":%q}}`, w.ID))
			return err
		}
	}
	return fmt.Errorf("issue %s: no transition leads to done", ref.ID)
}

// remove deletes an item.
func (s *sims) remove(ref work.Ref) error {
	path := "/rest/api/2/issue/" + ref.ID + "?deleteSubtasks=true"
	if ref.Source == "trello" {
		path = "/1/cards/" + ref.ID
	}
	_, err := s.as(ref.Source, "DELETE", path, "")
	return err
}

// drag puts an item between two others of its lane; a zero one stands for the
// lane's end. At least one is there.
func (s *sims) drag(h holding, ref, after, before work.Ref) error {
	if ref.Source == "jira" {
		where := fmt.Sprintf(`"rankAfterIssue":%q`, after.ID)
		if after.IsZero() {
			where = fmt.Sprintf(`"rankBeforeIssue":%q`, before.ID)
		}
		_, err := s.as("jira", "PUT", "/rest/agile/1.0/issue/rank", fmt.Sprintf(`{"issues":[%q],%s}`, ref.ID, where))
		return err
	}
	pos := func(ref work.Ref) float64 {
		f, _ := strconv.ParseFloat(string(h.things[ref].order["pos"]), 64)
		return f
	}
	at := (pos(after) + pos(before)) / 2 // the position of the lane's top is 0
	if before.IsZero() {
		at = pos(after) + 1<<14
	}
	_, err := s.as("trello", "PUT", "/1/cards/"+ref.ID, fmt.Sprintf(`{"pos":%v}`, at))
	return err
}

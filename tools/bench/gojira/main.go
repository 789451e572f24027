// Command gojira is a script as people write it with the go-jira library when
// they want a ranked backlog: it reads every issue page by page, makes a score
// of each and sorts. With -write it writes each score with a request of its own
// and places each issue behind the one before. It keeps no memory and compares
// nothing with what is there.
package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"slices"

	jira "github.com/andygrunwald/go-jira"
)

// pointsField is where the site keeps story points; such scripts name it by id.
const pointsField = "customfield_10023"

// fields are what the score needs.
const fields = "summary,status,priority,duedate,created,labels,votes," + pointsField

// allFields asks for whatever there is.
const allFields = "*all"

// item is an issue with its score.
type item struct {
	key   string
	score float64
}

func main() {
	address := flag.String("url", "", "address of the site")
	user := flag.String("user", "", "login; the secret is in JIRA_TOKEN")
	cloud := flag.Bool("cloud", false, "the site is Cloud, where the old search is gone")
	jql := flag.String("jql", "", "what to read")
	page := flag.Int("page", 0, "how many issues to read at once; 0: as many as the library asks for by itself, 50")
	all := flag.Bool("all", false, "read all fields, as who does not know their ids does, and as stackrank has to")
	write := flag.String("write", "", "id of the field to write scores to; empty: read only")
	flag.Parse()
	read := readServer
	switch {
	case *cloud && *all:
		read = readCloudWhole
	case *cloud:
		read = readCloud
	case *all:
		read = readServerWhole
	}
	if err := run(*address, *user, *write, func(c *jira.Client) ([]item, error) { return read(c, *jql, cmp.Or(*page, 50)) }); err != nil {
		log.Fatal(err)
	}
}

func run(address, user, write string, read func(*jira.Client) ([]item, error)) error {
	auth := jira.BasicAuthTransport{Username: user, Password: os.Getenv("JIRA_TOKEN")}
	client, err := jira.NewClient(auth.Client(), address)
	if err != nil {
		return err
	}
	items, err := read(client)
	if err != nil {
		return err
	}
	slices.SortStableFunc(items, func(a, b item) int { return cmp.Compare(b.score, a.score) })
	for i, it := range items {
		fmt.Printf("%d\t%s\t%.1f\n", i+1, it.key, it.score)
	}
	if write == "" {
		return nil
	}
	return writeAll(client, items, write)
}

// readServer reads by the library's own walk through the pages.
func readServer(client *jira.Client, jql string, page int) ([]item, error) {
	return walk(client, jql, jira.SearchOptions{MaxResults: page, Fields: []string{fields}})
}

func readServerWhole(client *jira.Client, jql string, page int) ([]item, error) {
	return walk(client, jql, jira.SearchOptions{MaxResults: page, Fields: []string{allFields}})
}

func walk(client *jira.Client, jql string, o jira.SearchOptions) ([]item, error) {
	var out []item
	err := client.Issue.SearchPages(jql, &o, func(i jira.Issue) error {
		out = append(out, itemOf(i))
		return nil
	})
	return out, err
}

// itemOf reads the library's own issue.
func itemOf(i jira.Issue) item {
	points, _ := i.Fields.Unknowns[pointsField].(float64)
	return item{i.Key, score(i.Fields.Priority.Name, points)}
}

// found is a page of the search on Cloud.
type found struct {
	Issues []struct {
		Key    string
		Fields struct {
			Priority struct{ Name string }
			Points   float64 `json:"customfield_10023"`
		}
	}
	NextPageToken string
}

// readCloud reads by requests of its own, since the library's search is refused.
func readCloud(client *jira.Client, jql string, page int) ([]item, error) {
	var out []item
	err := pages(client, "rest/api/3/search/jql", url.Values{"jql": {jql}, "fields": {fields}, "maxResults": {fmt.Sprint(page)}}, func(p found) string {
		for _, i := range p.Issues {
			out = append(out, item{i.Key, score(i.Fields.Priority.Name, i.Fields.Points)})
		}
		return p.NextPageToken
	})
	return out, err
}

// foundWhole is a page of the library's own issues, which it can read from
// version 2 alone.
type foundWhole struct {
	Issues        []jira.Issue
	NextPageToken string
}

func readCloudWhole(client *jira.Client, jql string, page int) ([]item, error) {
	var out []item
	err := pages(client, "rest/api/2/search/jql", url.Values{"jql": {jql}, "fields": {allFields}, "maxResults": {fmt.Sprint(page)}}, func(p foundWhole) string {
		for _, i := range p.Issues {
			out = append(out, itemOf(i))
		}
		return p.NextPageToken
	})
	return out, err
}

// pages reads page after page and hands each to take, which gives the token of
// the next one.
func pages[P any](client *jira.Client, path string, q url.Values, take func(P) (next string)) error {
	for {
		req, err := client.NewRequest(http.MethodGet, path+"?"+q.Encode(), nil)
		if err != nil {
			return err
		}
		var p P
		if _, err := client.Do(req, &p); err != nil {
			return err
		}
		next := take(p)
		if next == "" {
			return nil
		}
		q.Set("nextPageToken", next)
	}
}

// score is the priority by the size, as the simplest formulas have it.
func score(priority string, points float64) float64 {
	worth := map[string]float64{"Highest": 100, "High": 75, "Medium": 50, "Low": 25, "Lowest": 10}
	return worth[priority] / max(points, 1)
}

// writeAll writes every score, then places every issue behind the one before.
func writeAll(client *jira.Client, items []item, field string) error {
	for i, it := range items {
		resp, err := client.Issue.UpdateIssue(it.key, map[string]any{"fields": map[string]any{field: it.score}})
		if err != nil {
			return fmt.Errorf("%s: %w", it.key, err)
		}
		if err := drain(resp); err != nil {
			return err
		}
		if i == 0 {
			continue
		}
		if err := place(client, it.key, items[i-1].key); err != nil {
			return fmt.Errorf("%s: %w", it.key, err)
		}
	}
	return nil
}

func place(client *jira.Client, key, after string) error {
	body := map[string]any{"issues": []string{key}, "rankAfterIssue": after}
	req, err := client.NewRequest(http.MethodPut, "rest/agile/1.0/issue/rank", body)
	if err != nil {
		return err
	}
	resp, err := client.Do(req, nil)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusNoContent {
		var why json.RawMessage
		_ = json.NewDecoder(resp.Body).Decode(&why)
		return fmt.Errorf("rank: %s: %s", resp.Status, why)
	}
	return drain(resp)
}

// drain ends an answer, so that its connection serves again.
func drain(resp *jira.Response) error {
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.Body.Close()
}

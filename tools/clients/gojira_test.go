//go:build clients

package clients

import jira "github.com/andygrunwald/go-jira"

// plainJira is somebody who works with go-jira, which is made for version 2.
type plainJira struct {
	*sandbox
	client *jira.Client
}

package jirasim

import (
	"fmt"
	"strings"
)

// avatarSizes are the pictures that people and projects have.
var avatarSizes = []string{"48x48", "24x24", "16x16", "32x32"}

// avatars gives the pictures of a person or a project as JSON.
func avatars(of, id string) string {
	var parts []string
	for _, size := range avatarSizes {
		parts = append(parts, fmt.Sprintf(`"%s":"%s/secure/%savatar?avatarId=%s&size=%s"`, size, selfMark, of, id, size))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// priorityThing gives a priority with its icon and colour.
func priorityThing(p Priority) thing {
	return made("priority", p.ID, p.Name, `,"description":"","iconUrl":"`+selfMark+`/images/icons/priorities/`+p.ID+`.svg","statusColor":"#777777"`)
}

// kindLooks are the keys of an issue type beside its name: level 0 is a story,
// below it are sub-tasks, above it epics.
func kindLooks(id string, level int) string {
	return fmt.Sprintf(`,"description":"","iconUrl":"%s/secure/viewavatar?avatarId=%s&avatarType=issuetype","avatarId":%s,"subtask":%t,"hierarchyLevel":%d`,
		selfMark, id, id, level < 0, level)
}

// untouched are the fields of an issue that nobody has filled in: files, time
// and what was looked at. Every issue of the built-in backlog has them so.
func untouched(fields map[string]any) {
	fields["attachment"], fields["versions"], fields["timetracking"] = []any{}, []any{}, map[string]any{}
	fields["worklog"] = map[string]any{"startAt": 0, "maxResults": 20, "total": 0, "worklogs": []any{}}
	fields["workratio"], fields["lastViewed"], fields["environment"] = -1, nil, nil
	for _, time := range []string{"timespent", "timeestimate", "timeoriginalestimate"} {
		fields[time], fields["aggregate"+time] = nil, nil
	}
}

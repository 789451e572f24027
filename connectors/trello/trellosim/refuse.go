package trellosim

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
)

// refusal is an answer that is not the wished one. The texts are those that
// the live service was seen to send.
type refusal struct {
	status      int
	contentType string
	body        string
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.status, r.body) }

func (r *refusal) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", r.contentType+"; charset=utf-8")
	w.WriteHeader(r.status)
	_, _ = w.Write([]byte(r.body)) // the client may have gone
}

// refusalOf gives the refusal in err; any other error is the simulator's own
// fault and becomes a 500.
func refusalOf(err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	return plain(http.StatusInternalServerError, err.Error())
}

func plain(status int, text string) *refusal {
	return &refusal{status: status, contentType: "text/plain", body: text}
}

func jsonRefusal(status int, body object) *refusal {
	text, err := json.Marshal(body)
	if err != nil {
		return plain(http.StatusInternalServerError, err.Error())
	}
	return &refusal{status: status, contentType: "application/json", body: string(text)}
}

func invalidID() *refusal { return plain(http.StatusBadRequest, "invalid id") }

func invalidValue(name string) *refusal {
	return plain(http.StatusBadRequest, "invalid value for "+name)
}

// invalidObjectID refuses a short link where a value must be a whole id.
func invalidObjectID() *refusal {
	return jsonRefusal(http.StatusBadRequest, object{"message": "Invalid objectId", "error": "ERROR"})
}

func notFound() *refusal {
	return plain(http.StatusNotFound, "The requested resource was not found.")
}

func noRoute(method, path string) *refusal {
	page := "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n" +
		"<body>\n<pre>Cannot " + html.EscapeString(method+" "+path) + "</pre>\n</body>\n</html>\n"
	return &refusal{status: http.StatusNotFound, contentType: "text/html", body: page}
}

func unauthorized(text string) *refusal { return plain(http.StatusUnauthorized, text) }

func missingScopes() *refusal {
	return jsonRefusal(http.StatusUnauthorized, object{"message": "missing scopes"})
}

func forbidden(text string) *refusal { return plain(http.StatusForbidden, text) }

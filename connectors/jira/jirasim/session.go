package jirasim

import (
	"fmt"
	"net/http"
)

// sessionCookie is the name of the cookie that Data Center knows a session by.
const sessionCookie = "JSESSIONID"

// sessionRoutes are the routes of logging in with a password, which only Data
// Center has. Source: its REST API, "auth/1/session".
func (s *Site) sessionRoutes() {
	const session = "/rest/auth/1/session"
	s.register("GET", session, (*call).showSession)
	s.register("POST", session, (*call).openSession, public, reading)
	s.register("DELETE", session, (*call).closeSession, reading)
}

// loginInfo tells of former logins; the simulator keeps no count of them.
func loginInfo() map[string]any {
	return map[string]any{"loginCount": 1, "failedLoginCount": 0}
}

func (c *call) showSession() answer {
	name := c.s.seed.User.Name
	return reply(http.StatusOK, map[string]any{
		"self": selfMark + "/rest/api/latest/user?username=" + name, "name": name, "loginInfo": loginInfo(),
	})
}

// openSession takes the login name and the password, which here is the token.
func (c *call) openSession() answer {
	var in struct{ Username, Password string }
	if a := c.read(&in); a != nil {
		return *a
	}
	if in.Password != c.s.seed.Token || !c.s.isMe(in.Username) {
		return refuse(http.StatusUnauthorized, "Login failed")
	}
	value := fmt.Sprintf("%032X", c.s.fresh())
	c.s.sessions[value] = true
	body := map[string]any{"session": map[string]string{"name": sessionCookie, "value": value}, "loginInfo": loginInfo()}
	return reply(http.StatusOK, body).with("Set-Cookie", sessionCookie+"="+value+"; Path=/; HttpOnly")
}

func (c *call) closeSession() answer {
	if cookie, err := c.r.Cookie(sessionCookie); err == nil {
		delete(c.s.sessions, cookie.Value)
	}
	return done()
}

// inSession says whether a request comes with the cookie of an open session.
func (c *call) inSession() bool {
	cookie, err := c.r.Cookie(sessionCookie)
	return err == nil && c.s.sessions[cookie.Value]
}

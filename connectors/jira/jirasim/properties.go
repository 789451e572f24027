package jirasim

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
)

func (c *call) listProperties() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	keys := []map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(i.props)) {
		keys = append(keys, map[string]string{"key": key, "self": fmt.Sprintf("%s/rest/api/2/issue/%d/properties/%s", selfMark, i.id, key)})
	}
	return reply(http.StatusOK, map[string]any{"keys": keys})
}

func (c *call) getProperty() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	key := c.r.PathValue("propertyKey")
	value, ok := i.props[key]
	if !ok {
		return refuse(http.StatusNotFound, fmt.Sprintf("The property %s does not exist.", key))
	}
	return reply(http.StatusOK, map[string]any{"key": key, "value": value})
}

func (c *call) putProperty() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	if !c.s.allowed(i.facts.project.also, Edit) {
		return refuse(http.StatusForbidden, "You do not have permission to edit issues in this project.")
	}
	key := c.r.PathValue("propertyKey")
	if fault := badProperty(key, c.body); fault != "" {
		return refuse(http.StatusBadRequest, fault)
	}
	status := http.StatusCreated
	if _, ok := i.props[key]; ok {
		status = http.StatusOK
	}
	next := i.clone()
	next.props[key] = c.body
	c.s.put(next)
	return answer{status: status, body: []byte("{}")}
}

func (c *call) deleteProperty() answer {
	i, refusal := c.target()
	if refusal != nil {
		return *refusal
	}
	key := c.r.PathValue("propertyKey")
	if _, ok := i.props[key]; !ok {
		return refuse(http.StatusNotFound, fmt.Sprintf("The property %s does not exist.", key))
	}
	next := i.clone()
	delete(next.props, key)
	c.s.put(next)
	return done()
}

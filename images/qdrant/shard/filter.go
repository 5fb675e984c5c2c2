package shard

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Filter is the part of Qdrant's filters that is understood here: must, should and must_not over payload matches and IDs.
type Filter struct {
	Must    conditions `json:"must,omitempty"`
	Should  conditions `json:"should,omitempty"`
	MustNot conditions `json:"must_not,omitempty"`
}

// conditions may be given as a list or as one.
type conditions []Condition

func (c *conditions) UnmarshalJSON(data []byte) error {
	var list []Condition
	if err := json.Unmarshal(data, &list); err == nil {
		*c = list
		return nil
	}
	var one Condition
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*c = conditions{one}
	return nil
}

// Condition is one test of a point.
type Condition struct {
	Key   string `json:"key,omitempty"`
	Match *Match `json:"match,omitempty"`
	HasID []ID   `json:"has_id,omitempty"`
}

// Match compares a payload value.
type Match struct {
	Value  any    `json:"value,omitempty"`
	Any    []any  `json:"any,omitempty"`
	Except []any  `json:"except,omitempty"`
	Text   string `json:"text,omitempty"`
}

// UnmarshalJSON refuses what would otherwise be silently ignored.
func (c *Condition) UnmarshalJSON(data []byte) error {
	type plain Condition
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode((*plain)(c)); err != nil {
		return fmt.Errorf("a filter's condition is not understood here (match and has_id are): %w", err)
	}
	if (c.Match == nil) == (c.HasID == nil) || c.Match != nil && c.Key == "" {
		return errors.New("a filter's condition needs either key and match, or has_id")
	}
	return nil
}

// Holds says whether a point passes; every point passes no filter.
func (f *Filter) Holds(point *Point) bool {
	if f == nil {
		return true
	}
	for i := range f.Must {
		if !f.Must[i].holds(point) {
			return false
		}
	}
	for i := range f.MustNot {
		if f.MustNot[i].holds(point) {
			return false
		}
	}
	for i := range f.Should {
		if f.Should[i].holds(point) {
			return true
		}
	}
	return len(f.Should) == 0
}

func (c *Condition) holds(point *Point) bool {
	if c.HasID != nil {
		for _, id := range c.HasID {
			if id == point.ID {
				return true
			}
		}
		return false
	}
	value, there := lookUp(point.Payload, c.Key)
	if !there {
		return false
	}
	// A list passes when one of its elements does.
	if list, is := value.([]any); is {
		for _, element := range list {
			if c.Match.holds(element) {
				return true
			}
		}
		return false
	}
	return c.Match.holds(value)
}

func lookUp(payload map[string]any, key string) (any, bool) {
	value, there := payload[key]
	if there {
		return value, true
	}
	first, rest, nested := strings.Cut(key, ".")
	if !nested {
		return nil, false
	}
	inner, is := payload[first].(map[string]any)
	if !is {
		return nil, false
	}
	return lookUp(inner, rest)
}

func (m *Match) holds(value any) bool {
	switch {
	case m.Text != "":
		// Without a full-text index Qdrant looks for the text as it is, and no such index can be made here.
		text, is := value.(string)
		return is && strings.Contains(text, m.Text)
	case m.Any != nil:
		return contains(m.Any, value)
	case m.Except != nil:
		return !contains(m.Except, value)
	default:
		return scalar(value) && value == m.Value
	}
}

func contains(list []any, value any) bool {
	for _, each := range list {
		if scalar(value) && value == each {
			return true
		}
	}
	return false
}

func scalar(value any) bool {
	switch value.(type) {
	case string, float64, bool:
		return true
	}
	return false
}

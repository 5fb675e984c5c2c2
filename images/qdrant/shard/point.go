// Package shard keeps one replica's points: in memory to be read, in a log on disk to be kept.
package shard

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// ID of a point, as Qdrant has them: an unsigned number or a UUID.
type ID struct {
	number uint64
	uuid   string
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// ParseID reads an ID as it stands in a path.
func ParseID(text string) (ID, error) {
	if number, err := strconv.ParseUint(text, 10, 64); err == nil {
		return ID{number: number}, nil
	}
	lower := strings.ToLower(text)
	if len(lower) == 32 {
		lower = lower[:8] + "-" + lower[8:12] + "-" + lower[12:16] + "-" + lower[16:20] + "-" + lower[20:]
	}
	if !uuidForm.MatchString(lower) {
		return ID{}, fmt.Errorf("%s is not a valid point ID, valid values are either an unsigned integer or a UUID", text)
	}
	return ID{uuid: lower}, nil
}

func (id ID) String() string {
	if id.uuid != "" {
		return id.uuid
	}
	return strconv.FormatUint(id.number, 10)
}

// Compare orders numbers before UUIDs.
func (id ID) Compare(other ID) int {
	return cmp.Or(cmp.Compare(id.uuid, other.uuid), cmp.Compare(id.number, other.number))
}

// MarshalJSON writes a number or a string.
func (id ID) MarshalJSON() ([]byte, error) {
	if id.uuid != "" {
		return json.Marshal(id.uuid)
	}
	return json.Marshal(id.number)
}

// UnmarshalJSON reads a number or a string.
func (id *ID) UnmarshalJSON(data []byte) error {
	var text string
	if bytes.HasPrefix(data, []byte(`"`)) {
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		if _, err := strconv.ParseUint(text, 10, 64); err == nil {
			return fmt.Errorf("value %s is not a valid point ID, valid values are either an unsigned integer or a UUID", data)
		}
	} else {
		text = string(data)
	}
	parsed, err := ParseID(text)
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}

// Point is what clients store.
type Point struct {
	ID      ID             `json:"id"`
	Vector  []float32      `json:"vector,omitempty"`
	Payload map[string]any `json:"payload,omitempty"`
}

// Tag orders all writes of a cluster: replicas that saw the same writes in any order agree, because the higher tag stays.
type Tag struct {
	Time uint64 `json:"t"`
	Peer uint64 `json:"p"`
}

// Newer says whether it comes after the other.
func (t Tag) Newer(other Tag) bool {
	return t.Time > other.Time || t.Time == other.Time && t.Peer > other.Peer
}

// Record is a point, or where one was deleted, with the write that made it so.
type Record struct {
	Tag     Tag   `json:"tag"`
	Deleted bool  `json:"deleted,omitempty"`
	Point   Point `json:"point"`
}

// Update is one write to a shard: points to put, IDs to delete, or a filter whose points are to be deleted.
type Update struct {
	Tag    Tag     `json:"tag"`
	Upsert []Point `json:"upsert,omitempty"`
	Delete []ID    `json:"delete,omitempty"`
	Where  *Filter `json:"where,omitempty"`
}

package accessanalyzer

import "strings"

// finding is what is found in a document, as the API has it.
type finding struct {
	Details   string     `json:"findingDetails"`
	Type      string     `json:"findingType"`
	Code      string     `json:"issueCode"`
	Link      string     `json:"learnMoreLink"`
	Locations []location `json:"locations"`
}

type location struct {
	Path []step `json:"path"`
	Span span   `json:"span"`
}

// step is one of index, value (of the member of that name) and key (the name itself).
type step struct {
	Index *int   `json:"index,omitempty"`
	Key   string `json:"key,omitempty"`
	Value string `json:"value,omitempty"`
}

type span struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

// position counts lines from 1, and columns and offsets from 0.
type position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Offset int `json:"offset"`
}

// The types of findings.
const (
	isError    = "ERROR"
	isSecurity = "SECURITY_WARNING"
	isWarning  = "WARNING"
	isHint     = "SUGGESTION"
)

const reference = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-"

// anchors are the types in the names of the sections of the reference.
var anchors = map[string]string{isError: "error", isSecurity: "security-warning", isWarning: "general-warning", isHint: "suggestion"}

// place is a value of the document and the way to it.
type place struct {
	path []step
	node *node
}

// in is the member of a name, element the element of an index. They do not change the place that they are called on.
func (p place) in(m *member) place {
	return place{append(p.path[:len(p.path):len(p.path)], step{Value: m.name}), m.value}
}

func (p place) element(i int) place {
	return place{append(p.path[:len(p.path):len(p.path)], step{Index: &i}), p.node.elements[i]}
}

// each are the elements of a list, or the value itself if it is none.
func (p place) each() []place {
	if p.node.kind != array {
		return []place{p}
	}
	all := make([]place, len(p.node.elements))
	for i := range all {
		all[i] = p.element(i)
	}
	return all
}

// maxFindings bounds the answer: a document of a thousand mistakes is no longer read for the rest.
const maxFindings = 1000

// add reports something about a value.
func (c *checker) add(kind, code string, at place, details string) {
	c.report(kind, code, at.path, at.node.start, at.node.end, details)
}

// addKey reports something about the name of a member of the object at a place.
func (c *checker) addKey(kind, code string, at place, m *member, details string) {
	path := append(at.path[:len(at.path):len(at.path)], step{Key: m.name})
	// The name ends before the colon.
	end := m.start + len(strings.TrimRight(c.document[m.start:m.value.start], ": \t\r\n"))
	c.report(kind, code, path, m.start, end, details)
}

func (c *checker) report(kind, code string, path []step, start, end int, details string) {
	if len(c.found) == maxFindings {
		return
	}
	if path == nil {
		path = []step{}
	}
	c.found = append(c.found, finding{
		Details: details, Type: kind, Code: code,
		Link:      reference + anchors[kind] + "-" + strings.ToLower(strings.ReplaceAll(code, "_", "-")),
		Locations: []location{{path, span{c.position(start), c.position(end)}}},
	})
}

// Package policy is what a principal may do: AWS's policy language, and the question of a request that policies
// answer.
//
// It exists so that one place knows IAM: documents are read and checked in AWS's words (Validate), compiled once
// (Compile), and decide requests in microseconds without allocating (Decide). It is pure: it imports the standard
// library alone, and who asks, what for and from where comes in a Request.
//
// The main rule is AWS's: an explicit deny wins over every allow, and what nothing allows is denied. What can't be
// evaluated denies: a statement whose conditions can't be computed applies if it denies and does not if it allows, and
// a document that can't be read stands for a deny of everything (Unreadable).
package policy

import "strings"

// Need is one permission that a request needs: an action on a resource, under conditions.
type Need struct {
	// Action is the IAM action, such as dynamodb:PutItem.
	Action string
	// Resource is the ARN it is done to, or * for actions on no resource in particular.
	Resource string
	// Conditions look up the condition keys of this action and resource. It may be nil.
	Conditions Context
	// Policy is the resource's own policy, if it has one: the Resource of Policies.
	Policy *Policy
	// Refusal is what the client is told if the need is refused, empty for AWS's usual words.
	Refusal string
}

// Kind is what a policy is attached to, which says what may be in it.
type Kind uint8

// The kinds. Boundaries and session policies are written as identity-based policies.
const (
	// Identity is a policy of a user, a group or a role: it names resources and no principal.
	Identity Kind = iota
	// Resource is a policy of a resource: it names principals and resources.
	Resource
	// Trust is a policy of a role that says who may assume it: it names principals and no resource.
	Trust
)

// Policy is a compiled document. It is never changed, so requests share it.
type Policy struct {
	name       string
	kind       Kind
	statements []statement
	index      index
	// keys are the condition keys and variables that it names, as written, each once.
	keys []string
}

// Name is the name that the policy was compiled under.
func (p *Policy) Name() string { return p.name }

// Kind is the kind that the policy was compiled as.
func (p *Policy) Kind() Kind { return p.kind }

// MaxDocument is the largest document that is read. AWS's quotas, all smaller, are the business of who stores
// policies; Size counts as they do.
const MaxDocument = 128 << 10

// Parse compiles an identity-based policy.
func Parse(name string, document []byte) (*Policy, error) { return Compile(Identity, name, document) }

// Compile reads and compiles a document under a name. It takes whatever can be evaluated, in either version of the
// language; whether AWS would take it is for Validate to say. The error is for the person who wrote the document.
func Compile(kind Kind, name string, document []byte) (*Policy, error) {
	d, err := ReadDocument(document)
	if err != nil {
		return nil, err
	}
	return d.Compile(kind, name)
}

// Unreadable stands for a policy whose document can't be compiled: it denies everything to everybody.
func Unreadable(name string) *Policy {
	d := Document{Statements: []Statement{{Effect: "Deny", Action: []string{"*"}, Resource: []string{"*"}}}}
	p, err := d.Compile(Identity, name)
	if err != nil {
		panic(err) // it is a constant
	}
	return p
}

// Nobody stands for the trust policy of a role that is not there: nobody may assume it.
func Nobody() *Policy { return &Policy{kind: Trust, index: newIndex(nil)} }

// Size is the length of a document as AWS's quotas count it: in characters, white space left out.
func Size(document string) int {
	n := 0
	for _, r := range document {
		if !strings.ContainsRune(" \t\r\n", r) {
			n++
		}
	}
	return n
}

// ContextKeys are the condition keys that policies name in conditions and variables, as written there and in that
// order, each once.
func ContextKeys(policies ...*Policy) []string {
	var keys []string
	for _, p := range policies {
		for _, key := range p.keys {
			keys = addKey(keys, key)
		}
	}
	return keys
}

func addKey(keys []string, key string) []string {
	for _, k := range keys {
		if strings.EqualFold(k, key) {
			return keys
		}
	}
	return append(keys, key)
}

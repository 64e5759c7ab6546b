package crash_test

import (
	"fmt"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// versions are registers with optimistic locking: who writes version n read version n-1.
type versions struct {
	history *history

	mu      sync.Mutex
	claimed map[string]string // by register and version: who was told to have written it
}

const versionKeys = 6

func isVersion(register string) bool { return strings.HasPrefix(register, plainTable+" version") }

func (v *versions) increase(w *worker) outcome {
	register := fmt.Sprintf("%s version%d", plainTable, w.IntN(versionKeys))
	table, key := keyOf(register)
	out, err := w.client.GetItem(w.ctx, &dynamodb.GetItemInput{TableName: &table, Key: key, ConsistentRead: aws.Bool(true)})
	if o := w.outcomeOf("GetItem", err); o != done {
		return o
	}
	current := 0
	condition := "attribute_not_exists(version)"
	values := item{}
	if out.Item != nil {
		current = number(out.Item["version"])
		condition = "version = :current"
		values[":current"] = num(current)
		if !v.history.seen(register, text(out.Item["op"])) {
			w.found.add("%s: read %s, which nobody wrote", register, brief(out.Item))
		}
	}
	id := v.history.newID()
	values[":next"], values[":op"] = num(current+1), str(id)
	it := item{"pk": key["pk"], "version": num(current + 1), "op": str(id)}
	attempt := v.history.begin(register, id, it)
	_, err = w.client.UpdateItem(w.ctx, &dynamodb.UpdateItemInput{
		TableName: &table, Key: key,
		UpdateExpression:          aws.String("SET version = :next, op = :op"),
		ConditionExpression:       &condition,
		ExpressionAttributeValues: values,
	})
	o := w.outcomeOf("UpdateItem", err)
	v.history.told(register, attempt, o)
	if o == done {
		v.claim(register, current+1, id, w.found)
	}
	return o
}

func (v *versions) claim(register string, version int, id string, found *findings) {
	v.mu.Lock()
	defer v.mu.Unlock()
	key := fmt.Sprintf("%s@%d", register, version)
	if other, ok := v.claimed[key]; ok && other != id {
		found.add("%s: version %d was acknowledged to %s and to %s", register, version, other, id)
	}
	v.claimed[key] = id
}

// verify makes sure that the present version is not one that another was told to have written. The rest is judged with
// all registers.
func (v *versions) verify(items map[string]item, found *findings) {
	for register, it := range items {
		if isVersion(register) {
			v.claim(register, number(it["version"]), text(it["op"]), found)
		}
	}
}

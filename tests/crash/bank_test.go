package crash_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// bank moves money between accounts of one table, and writes each transfer into the ledger, which is another table
// with an index. All money there ever was is there at any time.
type bank struct {
	mu        sync.Mutex
	number    int
	transfers map[string]*transfer

	repeated, repeatedDone int
}

type transfer struct {
	id               string
	from, to, amount int
	outcome          outcome
}

const (
	accountTable = "Accounts"
	ledgerTable  = "Ledger"
	accounts     = 8
	deposit      = 1000
)

func ledgerIndex() indexShape {
	return indexShape{name: "by-payer", hash: "from", sort: "amount"}
}

func newBank() *bank { return &bank{transfers: make(map[string]*transfer)} }

func account(n int) string { return fmt.Sprintf("account%d", n) }

func (b *bank) prepare(ctx context.Context, l *load) error {
	err := errors.Join(
		createTable(ctx, l.client, accountTable, shape{keys: []string{"pk"}, stream: true}),
		createTable(ctx, l.client, ledgerTable, shape{keys: []string{"pk"}, stream: true, indexes: []indexShape{ledgerIndex()}}))
	for i := range accounts {
		_, e := l.client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: aws.String(accountTable), Item: item{"pk": str(account(i)), "balance": num(deposit)},
		})
		err = errors.Join(err, e)
	}
	return err
}

func (b *bank) transfer(w *worker) outcome {
	from := w.IntN(accounts)
	t := &transfer{from: from, to: (from + 1 + w.IntN(accounts-1)) % accounts, amount: 1 + w.IntN(deposit/3), outcome: lost}
	b.mu.Lock()
	b.number++
	t.id = fmt.Sprintf("transfer-%d", b.number)
	b.transfers[t.id] = t
	b.mu.Unlock()
	o := w.outcomeOf("TransactWriteItems", b.send(w.ctx, w.client, t))
	b.mu.Lock()
	defer b.mu.Unlock()
	t.outcome = o
	return o
}

// send does the transfer, once however often it is called.
func (b *bank) send(ctx context.Context, client *dynamodb.Client, t *transfer) error {
	_, err := client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		ClientRequestToken: &t.id,
		TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{
				TableName:           aws.String(ledgerTable),
				Item:                t.entry(),
				ConditionExpression: aws.String("attribute_not_exists(pk)"),
			}},
			{Update: &types.Update{
				TableName: aws.String(accountTable), Key: item{"pk": str(account(t.from))},
				UpdateExpression:          aws.String("SET balance = balance - :amount"),
				ConditionExpression:       aws.String("balance >= :amount"),
				ExpressionAttributeValues: item{":amount": num(t.amount)},
			}},
			{Update: &types.Update{
				TableName: aws.String(accountTable), Key: item{"pk": str(account(t.to))},
				UpdateExpression:          aws.String("SET balance = balance + :amount"),
				ExpressionAttributeValues: item{":amount": num(t.amount)},
			}},
		},
	})
	return err
}

func (t *transfer) entry() item {
	return item{"pk": str(t.id), "from": str(account(t.from)), "to": str(account(t.to)), "amount": num(t.amount)}
}

// look reads all accounts at once: not even a reader sees half a transfer.
func (b *bank) look(w *worker) outcome {
	var gets []types.TransactGetItem
	for i := range accounts {
		gets = append(gets, types.TransactGetItem{Get: &types.Get{TableName: aws.String(accountTable), Key: item{"pk": str(account(i))}}})
	}
	out, err := w.client.TransactGetItems(w.ctx, &dynamodb.TransactGetItemsInput{TransactItems: gets})
	o := w.outcomeOf("TransactGetItems", err)
	if o == done {
		sum := 0
		for _, r := range out.Responses {
			sum += number(r.Item["balance"])
		}
		if sum != accounts*deposit {
			w.found.add("a reader saw %d in all accounts, there is %d", sum, accounts*deposit)
		}
	}
	return o
}

// judge says what is wrong with these accounts and this ledger.
func (b *bank) judge(balances map[string]int, ledger map[string]item) []error {
	var wrong []error
	want := make(map[string]int)
	for i := range accounts {
		want[account(i)] = deposit
	}
	for id, entry := range ledger {
		t := b.transfers[id]
		switch {
		case t == nil:
			wrong = append(wrong, fmt.Errorf("the ledger has %s, which nobody sent", brief(entry)))
		case t.outcome == refused:
			wrong = append(wrong, fmt.Errorf("the ledger has %s, which was refused", id))
		case render(entry) != render(t.entry()):
			wrong = append(wrong, fmt.Errorf("the ledger has %s, want %s", brief(entry), brief(t.entry())))
		}
		want[text(entry["from"])] -= number(entry["amount"])
		want[text(entry["to"])] += number(entry["amount"])
	}
	for id, t := range b.transfers {
		if t.outcome == done && ledger[id] == nil {
			wrong = append(wrong, fmt.Errorf("%s was acknowledged and is not in the ledger", id))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if balances[name] != want[name] {
			wrong = append(wrong, fmt.Errorf("half a transaction: %s has %d, by the ledger it has %d", name, balances[name], want[name]))
		}
	}
	if len(balances) != accounts {
		wrong = append(wrong, fmt.Errorf("%d accounts, want %d", len(balances), accounts))
	}
	return wrong
}

func (b *bank) verify(ctx context.Context, l *load) error {
	ledger, err := b.compare(ctx, l)
	if err != nil {
		return err
	}
	// What was not answered can be sent again. It happens once.
	again := 0
	for id, t := range b.transfers {
		if t.outcome != lost {
			continue
		}
		if _, happened := ledger[id]; happened {
			t.outcome = done
		} else {
			t.outcome = refused
		}
		if again++; again%2 == 0 {
			continue
		}
		b.repeated++
		err := b.send(ctx, l.client, t)
		switch {
		case err == nil:
			t.outcome = done
		case t.outcome == done:
			l.found.add("%s happened before the kill; sent again with its token: %v", id, err)
		default: // it does not happen, for example for lack of money
			l.outcomeOf("TransactWriteItems", err)
		}
		if _, happened := ledger[id]; happened {
			b.repeatedDone++
		}
	}
	_, err = b.compare(ctx, l)
	return err
}

// compare reads and judges.
func (b *bank) compare(ctx context.Context, l *load) (map[string]item, error) {
	rows, err := scan(ctx, l.client, accountTable, "")
	if err != nil {
		return nil, err
	}
	entries, err := scan(ctx, l.client, ledgerTable, "")
	if err != nil {
		return nil, err
	}
	balances, ledger := make(map[string]int), make(map[string]item)
	for _, it := range rows {
		balances[text(it["pk"])] = number(it["balance"])
	}
	for _, it := range entries {
		ledger[text(it["pk"])] = it
	}
	for _, err := range b.judge(balances, ledger) {
		l.found.add("bank: %v", err)
	}
	x := ledgerIndex()
	return ledger, x.verify(ctx, l, ledgerTable, []string{"pk"}, entries)
}

package center_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

// A transaction has five seconds, also if the engine is at the other end of a network: however many accounts there are, it asks for
// no more than so much.
func TestManyAccounts(t *testing.T) {
	w, ctx := open(t), t.Context()
	const accounts, bound = 120, 300
	ann := w.user("ann", nil)
	set := w.set("Everywhere", allow("dynamodb:GetItem", "*"))
	org := organizations.NewFromConfig(w.conf)
	for i := range accounts {
		made, err := org.CreateAccount(ctx, &organizations.CreateAccountInput{AccountName: aws.String("Shop"), Email: aws.String(fmt.Sprintf("shop%d@example.com", i))})
		if err != nil {
			t.Fatal(err)
		}
		w.assigned(set, *made.CreateAccountStatus.AccountId, types.PrincipalTypeUser, ann.ID)
	}
	w.inline(set, allow("dynamodb:PutItem", "*"))
	w.most.Store(0)
	if st := w.provision(set); st.Status != types.StatusValuesSucceeded {
		t.Error(st.Status, aws.ToString(st.FailureReason))
	}
	if most := w.most.Load(); most > bound {
		t.Errorf("a transaction of ProvisionPermissionSet asks the engine %d times", most)
	}
	list := func(status types.ProvisioningStatus) (n int) {
		pages := ssoadmin.NewListAccountsForProvisionedPermissionSetPaginator(w.admin, &ssoadmin.ListAccountsForProvisionedPermissionSetInput{InstanceArn: w.instance,
			PermissionSetArn: set, ProvisioningStatus: status})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			n += len(page.AccountIds)
		}
		return n
	}
	if n := list(types.ProvisioningStatusLatestPermissionSetProvisioned); n != accounts {
		t.Error(n, "accounts have what the permission set is now")
	}
	w.most.Store(0)
	ok(t)(w.admin.DeleteInstance(ctx, &ssoadmin.DeleteInstanceInput{InstanceArn: w.instance}))
	if most := w.most.Load(); most > bound {
		t.Errorf("a transaction of DeleteInstance asks the engine %d times", most)
	}
	if left, err := w.center.Accounts(ctx, ann.ID); err != nil || len(left) != 0 {
		t.Error(left, err)
	}
}

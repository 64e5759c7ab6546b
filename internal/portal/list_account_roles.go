package portal

import (
	"context"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
)

type roleInfo struct {
	Name    string `json:"roleName"`
	Account string `json:"accountId"`
}

// listAccountRoles decodes ListAccountRoles.
func (p *Portal) listAccountRoles(req *awsapi.Request) (awsapi.Call, error) {
	account := parameter(req, "account_id")
	return p.portalCall(req, func(ctx context.Context, h *holder, _ string) (any, error) {
		if account == "" {
			return nil, missing("account_id")
		}
		all, err := p.Access.Accounts(ctx, h.ID)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(a Account) bool { return a.ID == account })
		if i < 0 {
			return nil, noAccess()
		}
		roles := slices.Clone(all[i].Roles)
		slices.SortFunc(roles, func(a, b Role) int { return strings.Compare(a.Name, b.Name) })
		page, next, err := pageOf(req, roles, func(r *Role) string { return r.Name })
		if err != nil {
			return nil, err
		}
		out := struct {
			Next  *string    `json:"nextToken"`
			Roles []roleInfo `json:"roleList"`
		}{next, []roleInfo{}}
		for _, r := range page {
			out.Roles = append(out.Roles, roleInfo{r.Name, account})
		}
		return &out, nil
	}), nil
}

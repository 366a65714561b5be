package charts

import (
	"fmt"
	"maps"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
)

// bilingual is a sentence of a scene in the languages that scenes speak.
type bilingual struct{ en, zh string }

// say formats a sentence: the English one is the key of its Chinese in the table below. Where the table has none it is English in both. An
// argument that is bilingual itself takes the language of the sentence.
func say(english string, args ...any) bilingual {
	template, ok := chinese[english]
	if !ok {
		template = english
	}
	en, zh := make([]any, len(args)), make([]any, len(args))
	for i, a := range args {
		en[i], zh[i] = a, a
		if s, ok := a.(bilingual); ok {
			en[i], zh[i] = s.en, s.zh
		}
	}
	return bilingual{fmt.Sprintf(english, en...), fmt.Sprintf(template, zh...)}
}

// say is the function of that name for a text of this scene: it notes the translation and returns the English.
func (s *Scene) say(english string, args ...any) string { return s.tell(say(english, args...)) }

// tell notes a text's translation and returns the English.
func (s *Scene) tell(text bilingual) string {
	if text.en != text.zh {
		s.noteTranslation("zh", text.en, text.zh)
	}
	return text.en
}

// Translate gives a text of the scene, a title, a note, an answer, in another language: readers whose browser prefers that language, "zh" or
// "zh-TW", see it instead of the text. The {names} of a template stay as they are. The scenes' own sentences are in English and Chinese.
func (s *Scene) Translate(language, text, translation string) *Scene {
	if language == "" {
		return s.fail(fmt.Errorf("charts: Translate(%q, %q): name a language, such as \"zh\" or \"de\"", language, text))
	}
	return s.each(func(s *Scene) { s.noteTranslation(strings.ToLower(language), text, translation) })
}

func (s *Scene) noteTranslation(language, text, translation string) {
	d := &s.doc
	if d.Translations == nil {
		d.Translations = map[string]map[string]string{}
	}
	if d.Translations[language] == nil {
		d.Translations[language] = map[string]string{}
	}
	d.Translations[language][text] = translation
}

// translated adds the sentences that are the same in every scene, and the warnings, to what the scene has; package show leaves out what is not in it.
func translated(own map[string]map[string]string, warnings []string) map[string]map[string]string {
	all := map[string]map[string]string{"zh": {}}
	for english, text := range chinese {
		if !strings.Contains(english, "%") {
			all["zh"][english] = text
		}
	}
	for _, w := range warnings {
		if text, ok := warningInChinese(w); ok {
			all["zh"][w] = text
		}
	}
	joinTranslations(all, own)
	return all
}

// joinTranslations adds translations to others.
func joinTranslations(to, more map[string]map[string]string) {
	for language, texts := range more {
		if to[language] == nil {
			to[language] = map[string]string{}
		}
		maps.Copy(to[language], texts)
	}
}

// when is the time of a frame in a caption: "step {time}".
func when(t *xainb.Track) bilingual {
	word := timeWord(t)
	is := pick(len(word) == 1, " = ", " ") // t = 499, step 3
	text := bilingual{quoted.Replace(word) + is + "{time}", quoted.Replace(word) + is + "{time}"}
	if unit, ok := chineseTimes[word]; ok {
		text.zh = "第 {time} " + unit
	}
	return text
}

// whenNoisy is when, of a run between noise and data with its progress: "t = {time} (τ = {tau})".
func whenNoisy(t *xainb.Track) bilingual {
	text, tau := when(t), progress(t)
	return bilingual{text.en + tau.en, text.zh + tau.zh}
}

// progress is how far from noise a run is in a caption, nothing where it does not say so in each frame.
func progress(t *xainb.Track) bilingual {
	for _, f := range t.Frames() {
		if _, ok := f.Scalar("tau"); !ok {
			return bilingual{}
		}
	}
	return bilingual{" (τ = {tau})", "（τ = {tau}）"}
}

// chineseTimes are the units of time that words.js knows too.
var chineseTimes = map[string]string{"step": "步", "layer": "层", "epoch": "轮", "round": "轮"}

// timeNoun is what a run's time counts.
func timeNoun(word string) bilingual { return bilingual{word, first(chineseTimes[word], word)} }

// whenAt is a time of a run: "step 3".
func whenAt(t *xainb.Track, time float64) bilingual {
	text := when(t)
	return bilingual{strings.Replace(text.en, "{time}", formatTime(time), 1), strings.Replace(text.zh, "{time}", formatTime(time), 1)}
}

// word is a name that a scene may have given itself.
func word(name string) bilingual { return bilingual{name, first(chinese[name], name)} }

// listed is a list of names as a sentence has it.
func listed(names []string) bilingual { return bilingual{list(names), strings.Join(names, "、")} }

// quotedNames is the same for a template.
func quotedNames(names []string) bilingual {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = quoted.Replace(name)
	}
	return listed(out)
}

// chinese has the sentences that scenes say by themselves. What stands in braces is read off the frame in both languages.
var chinese = map[string]string{
	"What counts most?": "什么最重要？",
	"Each bar is the %s of one %s, the strongest first.": "每根条是一个 %[2]s 的 %[1]s，最强的在前。",
	"**{feature}** {has}. {lead}**{top}**{rest}":         "**{feature}** {has}。{lead}**{top}**{rest}",
	"Strongest: **{top}**{rest}":                         "最强：**{top}**{rest}",
	"At %s the strongest is **{top}**{rest}":             "%s：最强的是 **{top}**{rest}",

	"Which words count?": "哪些词重要？",
	"Red words have a positive %s, blue ones a negative%s": "红色的词 %s 为正，蓝色的为负%s",
	"The stronger a word’s colour, the larger its %s%s":    "词的颜色越深，它的 %s 越大%s",
	"; the bars rank them.":                                "；条形给出排名。",
	".":                                                    "。",

	"How does the %s change?":    "%s 如何变化？",
	"How do %s change?":          "%s 如何变化？",
	"How do the numbers change?": "这些数如何变化？",
	"Each line runs up to the playhead; the thin line is still to come.": "线画到播放头为止，细线是之后的部分。",
	"At %s, %s.": "%s：%s。",
	"The %s at each %s; the thin line is where it began.":        "每个 %[2]s 处的 %[1]s，细线是开始时的样子。",
	"At %s the largest is **{top.label}** with **{top.value}**.": "%s：最大的是 **{top.label}**，为 **{top.value}**。",
	"%s The %s is {%s}.": "%s%s 为 {%s}。",

	"Where in the algorithm are we?":                                      "算法进行到哪里了？",
	"The current stage is lit.":                                           "当前阶段被点亮。",
	"The current stage is lit; what is underlined comes again and again.": "当前阶段被点亮，带下划线的会反复出现。",
	"Now: **{stage}**.":                                                   "现在：**{stage}**。",
	"Now: **{stage}**, round {round} of {rounds}.":                        "现在：**{stage}**，第 {round} 轮，共 {rounds} 轮。",

	"Which tests lead to the answer?":                                  "哪些判断得出了答案？",
	"From the top: each value, and the threshold it is compared with.": "自上而下：每个值，以及与它比较的阈值。",
	"Test {nodes}: **{test}**.":                                        "第 {nodes} 个判断：**{test}**。",

	"Where do the points go?":                       "这些点去向何处？",
	"Each dot is one %s. Click one to see its way.": "每个点是一个 %s，点击可看它的轨迹。",
	"At %s: **{said}**.":                            "%s：**{said}**。",

	"Where is %s largest?":    "%s 在哪里最大？",
	"What does %s look like?": "%s 是什么样子？",
	"The largest value is **{max.value}**, at {max.row}, {max.column}.": "最大值是 **{max.value}**，位于 {max.row}、{max.column}。",
	"%s at %s {%s}":   "%s，%s 为 {%s}",
	"%s 1 to {count}": "%s 1 至 {count}",

	"What does %s look at?": "%s 在看什么？",
	"Attention, {timeName} by {timeName}. Rows ask, columns answer.":                "注意力，逐{timeName}展示。行提问，列回答。",
	"Attention of head {head}, {timeName} by {timeName}. Rows ask, columns answer.": "第 {head} 个头的注意力，逐{timeName}展示。行提问，列回答。",
	"{count} heads of {timeName} {time}":                                            "{timeName} {time} 的 {count} 个头",
	attentionCaption:                                                                "{timeName} {time}：**{selected}** {gives} **{top.label}** **{top.value}**，{gives}“{second.label}” {second.value}。{note}",
	comparedCaption:                                                                 "{timeName} {time}：**{selected}** {gives} **{top.label}** **{top.value}**；在“{other}”中是 {base.value}。",
	"gives":                                                                         "给", "gets": "得自", "takes": "取自", "passes": "传给",
	"A large weight says where the head looks, not why the model answers.":                                                             "权重大说明这个头在看哪里，而不是模型为何这样回答。",
	"A row sums to 1, a column need not: this one sums to {sum}.":                                                                      "每行之和为 1，列则不一定：这一列之和为 {sum}。",
	"This is weight times the length of the value: what the head really moves.":                                                        "这是权重乘以值向量的长度，即这个头真正搬运的量。",
	"This is weight times the length of the value: what the head really moves. {marked} of it is on %s; of the weights {base.marked}.": "这是权重乘以值向量的长度，即这个头真正搬运的量。其中 {marked} 在 %s 上；按权重则是 {base.marked}。",
	"Without the division by √d the softmax is sharper; with it that weight is {base.value}.":                                          "不除以 √d，softmax 更尖锐；除以之后这个权重是 {base.value}。",
	"Read": "读", "a row: where the word looks": "行：这个词看哪里", "a column: who looks at it": "列：谁在看它",
	"Show": "显示", "weight": "权重", "weight × ‖value‖": "权重 × ‖值‖", "without ÷ √d": "不除以 √d", "weight without ÷ √d": "不除以 √d 的权重",
	"Run": "运行",

	"Where does one weight come from?":                                    "一个权重从何而来？",
	"A row of the map is a softmax of the products q · k. Choose a cell.": "图中的一行是乘积 q · k 的 softmax。请选一个格子。",
	"In {timeName} {time} the query of **{query}** and the key of **{key}** give q · k = {dot}. Divided by %s the softmax makes **{on}** of it, undivided **{off}**.": "{timeName} {time}：**{query}** 的查询与 **{key}** 的键给出 q · k = {dot}。除以 %s，softmax 得 **{on}**；不除得 **{off}**。",
	"on": "开", "off": "关", "head": "头", "head %d": "第 %d 头",

	"How does the surface move?":                                                     "曲面如何运动？",
	"How does the surface of %s move?":                                               "%s 的曲面如何运动？",
	"%s over %s and %s.%s":                                                           "%s 随 %s 与 %s 的变化。%s",
	"The red point is where the run stands, the line its way.%s":                     "红点是运行现在的位置，线是它走过的路。%s",
	"At %s the lowest value is **{min.value}**, the highest {max.value}.":            "%s：最低值是 **{min.value}**，最高值是 {max.value}。",
	"At %s the run stands at **{here.value}**, between {min.value} and {max.value}.": "%s：运行处在 **{here.value}**，介于 {min.value} 与 {max.value} 之间。",
	"View": "视图", "3-D": "立体", "flat": "平面", "Values": "数值",

	"Can the generator learn what it never sees?":         "生成器能学会它从未见过的东西吗？",
	"Each dot is the same noise in every frame.%s%s%s":    "每个点在各帧中是同一个噪声。%s%s%s",
	" Blue is where D says real, sand where it says made": "蓝色处 D 认为真，沙色处认为假",
	" Blue is where the critic’s value is high":           "蓝色处评判器给的值高",
	"; arrows pull what stands there":                     "；箭头是那里的点受到的拉力",
	" Arrows pull what stands there":                      "箭头是那里的点受到的拉力",
	"Each image is the same noise in every frame.":        "每幅图像在各帧中是同一个噪声。",
	": **{said}**":                 "：**{said}**",
	", modes covered: **{modes}**": "，覆盖的模式数：**{modes}**",
	"; the value of the game is **{V}** (−1.39 where neither can gain)": "；博弈的值是 **{V}**（双方都无法再获益时为 −1.39）",
	". The %s to the data is {%s}.":                                     "。与数据的 %s 是 {%s}。",
	"sliced Wasserstein distance":                                       "切片 Wasserstein 距离",
	"Jensen–Shannon divergence":                                         "Jensen–Shannon 散度",
	"KL divergence":                                                     "KL 散度",
	"Under the points":                                                  "点的下面", "field and arrows": "场与箭头", "field": "场", "arrows": "箭头", "neither": "都不显示",
	"generated": "生成", "real": "真实", "made": "假", "pull": "拉力", "critic": "评判器", "less real": "较假", "more, in each moment": "较真（每一刻各自）", "trailing window": "滑动窗口",

	"Where does the %s lead?": "%s 通向哪里？",
	"Each arrow starts where it is measured; the longer, the stronger.": "每个箭头从测量处出发，越长越强。",
	"At %s the %s is strongest at {arrow.x}, {arrow.y}: **{arrow}**.":   "%s：%s 在 {arrow.x}、{arrow.y} 处最强，为 **{arrow}**。",
	"Arrow lengths": "箭头长度", "one scale": "统一尺度", "normalised": "归一化", "all equal": "一样长",

	"How does the %s of each %s change?":                                                           "每个 %[2]s 的 %[1]s 如何变化？",
	"What happens in each %s?":                                                                     "每个 %s 发生了什么？",
	"One lane a %s; what is paler is still to come.":                                               "每行是一个 %s；较淡的是之后的部分。",
	"The thin mark under each lane is the %s: what the %s is judged against.":                      "每行下面的细条是 %s，用来对照 %s。",
	"The stronger the colour, the larger; what is paler is still to come.":                         "颜色越深，值越大；较淡的是之后的部分。",
	"The stronger the colour, the farther from zero; what is paler is still to come.":              "颜色越深，离零越远；较淡的是之后的部分。",
	"Whose gradient is loud?":                                                                      "谁的梯度强？",
	"Gradient energy: each layer’s gradient norm, scaled to its own range.":                        "梯度能量：每层的梯度范数，按各自的范围缩放。",
	"Gradient energy: each layer’s gradient norm, scaled to its own range over a trailing window.": "梯度能量：每层的梯度范数，按各自在滑动窗口内的范围缩放。",
	"Colours": "颜色", "gradient energy": "梯度能量",

	"What if it had gone on differently?":         "如果走了另一条路会怎样？",
	"Until %s both are one run; then %s, and %s.": "直到%s，两者是同一次运行；之后分为%s与%s。",
	"At %s, %s: **{%s}** %s, **{%s}** %s.":        "%s，%s：**{%s}**（%s），**{%s}**（%s）。",
	"as it was":                                   "原样", "branch": "分支", "one run": "同一次运行",

	"How does noise become data?":                              "噪声如何变成数据？",
	"How does noise become a digit?":                           "噪声如何变成数字？",
	"Each dot is a sample; its trail is where it came from.":   "每个点是一个样本，尾迹是它的来路。",
	" Blue is where the data are dense.":                       "蓝色处数据密集。",
	" Arrows are the score; click to drop a particle into it.": "箭头是分数场，点击可放入一个粒子。",
	"At **t = {time}** (τ = {tau}): **{said}**.%s":             "**t = {time}**（τ = {tau}）：**{said}**。%s",
	"At **t = {time}**, progress τ = {tau}.":                   "**t = {time}**，进度 τ = {tau}。",
	"Of each sample": "每个样本显示", "predicted x0": "预测的 x0", "predicted noise": "预测的噪声",
	"A click": "点击", "drops a particle": "放下粒子", "selects a sample": "选择样本",
	"what the network makes of it": "网络对它的判断", "the training image that is nearest to what each becomes": "与每个结果最接近的训练图像",
	"Asked for, in rows: %s.":    "逐行要求的类别：%s。",
	"How are the values spread?": "这些值如何分布？",
	"Shares over a bin’s width; the deviation is that within a mode.": "占比除以箱宽；标准差是各个模式内的标准差。",
	"Shares over a bin’s width.":                                      "占比除以箱宽。",
	"At %s: %s.":                                                      "%s：标准差 %s。",
	"How do the curves run?":                                          "这些曲线的走势如何？",
	"data":                                                            "数据", "score": "分数场", "data and score": "数据与分数场",
	"How does %s run?": "%s 的走势如何？",
	"On one clock: each stands at its last step up to the same t.": "同一时钟：各停在同一 t 为止的最后一步。",
	"Frame by frame.": "逐帧对应。",
	"%s Steps: %s.%s": "%s步数：%s。%s",
	" Beside each name is what it took by the clock, recording included.":         "名称旁是实际用时，含记录。",
	"At **t = {time}** (τ = {tau}) they are **{distance}** apart.%s":              "**t = {time}**（τ = {tau}）：两者相距 **{distance}**。%s",
	"At **t = {time}** (τ = {tau}) the first two are **{distance 1-2}** apart.%s": "**t = {time}**（τ = {tau}）：前两者相距 **{distance 1-2}**。%s",
	"more noise than data": "噪声多于数据", "more data than noise": "数据多于噪声",
	"How do %s run?": "%s 的走势如何？",
	"%s over %s.":    "%[2]s 上的 %[1]s。",
	"%s over %s. Dots move along it; below are all places where they have been.": "%[2]s 上的 %[1]s。点沿线移动，下方是它们到过的所有位置。",
	"At %s.": "%s。",
	"At %s, %s is at **{%s.at}**, where %s is **{%s.value}**.":                       "%s：%s 位于 **{%s.at}**，该处 %s 为 **{%s.value}**。",
	"The histogram of the samples over the density that they should have at each t.": "样本直方图，衬以它们在每个 t 应有的密度。",
	"density": "密度", "samples": "样本", "as it should be": "应有的密度",
	"Where do the ways part?":          "路径在哪里分开？",
	"{count} heads, layer after layer": "{count} 个头，逐层排列",
	"Which patches look at which?":     "哪些图块看哪些图块？",
	"Shown is {head}. Rows ask, columns answer; a patch is named by its row and column.":            "显示 {head}。行提问，列回答；图块以行、列命名。",
	"At t = {time}%s the largest weight is **{max.value}**: patch {max.row} looks at {max.column}.": "t = {time}%s 时最大权重为 **{max.value}**：图块 {max.row} 看 {max.column}。",

	"Where do the two differ in %s?":                                "两者的 %s 在哪里不同？",
	"The %s: %s, %s, and their difference: %s.%s%s":                 "%s：%s、%s 以及两者之差，%s。%s%s",
	"what is more in %s":                                            "即 %s 多出的部分",
	"red where there is more in %s, blue where there is more in %s": "红色处 %s 更大，蓝色处 %s 更大",
	"At %s they differ most at {difference.far.row}, {difference.far.column}: by **{difference.far.value}**.":                "%s：差别最大处是 {difference.far.row}、{difference.far.column}，差 **{difference.far.value}**。",
	"At %s they differ most in row “{difference.far.row}”, column “{difference.far.column}”: by **{difference.far.value}**.": "%s：差别最大处在“{difference.far.row}”行、“{difference.far.column}”列，差 **{difference.far.value}**。",
	"At %s they differ most at **{difference.top.label}**: by **{difference.top.value}**.":                                   "%s：差别最大的是 **{difference.top.label}**，差 **{difference.top.value}**。",
	"At %s they differ most at **{difference.far.label}**: by **{difference.far.value}**.":                                   "%s：差别最大处是 **{difference.far.label}**，差 **{difference.far.value}**。",
	"%s and %s; the thin lines are still to come.%s":                                                                         "%s 与 %s；细线是之后的部分。%s",
	"Where do the points of the two go?":                                                                                     "两者的点去向何处？",
	"Each dot is one %s. Click one to see its way in both.%s%s":                                                              "每个点是一个 %s，点击可看它在两者中的轨迹。%s%s",
	"At %s: **{said}** in %s, **{b.said}** in %s.":                                                                           "%s：**{said}**（%s），**{b.said}**（%s）。",
	" Each stands at its last frame up to the same %s.":                                                                      "两者各停在同一 %s 为止的最后一帧。",
	" Frames are matched by their number.":                                                                                   "按帧号对应。",
	" A run that has not begun shows its first frame.":                                                                       "尚未开始的一方显示其首帧。",

	"Which way do the samples go?":                                                   "样本走过怎样的路？",
	"Each mark is one %s and says its class. Click one to see its whole way.":        "每个记号是一个 %s，并写出它的类别。点击可看它的全程。",
	"Each dot is one %s in the colour of its class. Click one to see its whole way.": "每个点是一个 %s，颜色表示类别。点击可看它的全程。",
	"Each dot is one %s. Click one to see its whole way.":                            "每个点是一个 %s，点击可看它的全程。",
	"t-SNE: lengths, speeds and gaps mean nothing":                                   "t-SNE：长度、速度和间隔都没有意义",
	"PCA: a straight way stays straight":                                             "PCA：直线仍是直线",
	"component 1":                                                                    "第 1 主成分", "component 2": "第 2 主成分",
	"component 1, %s of the variance": "第 1 主成分，占方差 %s",
	"component 2, %s of the variance": "第 2 主成分，占方差 %s",
	"At %s, **{tsne.whole}** of the samples have one of their own class as the nearest. In t-SNE, which knows how each way ends, it looks like **{tsne.alike}**, in PCA like **{pca.alike}**.": "%s：最近邻与自己同类的样本占 **{tsne.whole}**。t-SNE 知道每条路的终点，看上去是 **{tsne.alike}**；PCA 中看上去是 **{pca.alike}**。",
	"At %s, **{tsne.alike}** of the samples have one of their own class as the nearest in t-SNE, **{pca.alike}** in PCA.":                                                                      "%s：最近邻与自己同类的样本在 t-SNE 中占 **{tsne.alike}**，在 PCA 中占 **{pca.alike}**。",
	"At %s, **{alike}** of the samples have one of their own class as the nearest.":                                                                                                            "%s：最近邻与自己同类的样本占 **{alike}**。",
	"At %s the samples have moved by **{pca.moved}** on average in PCA, whose two axes hold %s of the variance.":                                                                               "%s：样本在 PCA 中平均移动了 **{pca.moved}**，其两轴占方差 %s。",
	"At %s the samples have moved by **{pca.moved}** on average in PCA.":                                                                                                                       "%s：样本在 PCA 中平均移动了 **{pca.moved}**。",
	"At %s the samples have moved by **{moved}** on average.":                                                                                                                                  "%s：样本平均移动了 **{moved}**。",

	// Summaries, which a screen reader says.
	"Strongest %s at the end: %s.":                           "结束时 %s 最强的是：%s。",
	"%s is %s.":                                              "%s 为 %s。",
	"%s goes from %s to %s.":                                 "%s 从 %s 变到 %s。",
	"%s over %d frames, from %s to %s.":                      "%s，共 %d 帧，从 %s 到 %s。",
	" of %d heads":                                           "（%d 个头）",
	"Attention maps%s over %d tokens, %s %s to %s.":          "%[2]d 个词元的注意力图%[1]s，%[3]s %[4]s 至 %[5]s。",
	"A run and a branch of it from %s on, over %d frames.":   "一次运行及其自%s起的分支，共 %d 帧。",
	"%s of %s and of %s over %d frames, and the difference.": "%[2]s与%[3]s的 %[1]s，共 %[4]d 帧，以及两者之差。",
	"%s of %s and of %s over %d frames.":                     "%[2]s与%[3]s的 %[1]s，共 %[4]d 帧。",
	"%s along %s over %d frames.":                            "%[2]s 上的 %[1]s，共 %[3]d 帧。",
	"%d samples from noise to data over %d frames.":          "%d 个样本从噪声到数据，共 %d 帧。",
	"Digits from noise over %d frames.":                      "从噪声生成数字，共 %d 帧。",
	"%d generated points over %d frames.":                    "%d 个生成点，共 %d 帧。",
	"A sheet of generated images over %d frames.":            "一组生成的图像，共 %d 帧。",
	"Heat map of %s, %d frames.":                             "%s 的热力图，共 %d 帧。",
	"Picture %s, %d frames.":                                 "图像 %s，共 %d 帧。",
	"Histograms of %s over %d frames: %s.":                   "%s 的直方图，共 %d 帧：%s。",
	"%s over %d moments, and how far they are apart.":        "%s，共 %d 个时刻，以及它们之间的距离。",
	"%s of %d lanes over %d frames.":                         "%[2]d 行的 %[1]s，共 %[3]d 帧。",
	"Gradient energy over %d frames.":                        "梯度能量，共 %d 帧。",
	"The path ends at test %d: %s.":                          "路径止于第 %d 个判断：%s。",
	"Arrows of %s over %d frames.":                           "%s 的箭头，共 %d 帧。",
	"%s: %d points over %d frames.":                          "%s：%d 个点，共 %d 帧。",
	"The stages are %s.":                                     "各阶段为：%s。",
	"%d stages, from %s to %s.":                              "%d 个阶段，从 %s 到 %s。",
	"%s over %s and %s, from %s to %s in %d frames.":         "%s 随 %s 与 %s 的变化，从 %s 到 %s，共 %d 帧。",
	"%d samples on their way over %d steps.":                 "%d 个样本走过 %d 步的路。",
	"first run":                                              "第一次运行", "second run": "第二次运行",
}

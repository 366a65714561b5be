package charts

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// chineseWarnings has what scenes, and the packages whose runs they draw, warn of, as its writer formats it: a run is recorded with its warnings in English, so they are known again by
// their words. A gap %d is a number, %s anything.
var chineseWarnings = map[string]string{
	"The run ended early: %s. The %d frames before that are kept.":        "运行提前结束：%s。此前的 %s 帧已保留。",
	"the run ended early: %s":                                             "运行提前结束：%s",
	"Not drawn here: %s. charts.Field chooses one.":                       "此处未画：%s。可用 charts.Field 选择。",
	"%d of the run's %d numbers are drawn: choose one with charts.Field.": "该运行有 %[2]s 个数，只画了 %[1]s 个：可用 charts.Field 选择。",
	"%d of the runs' %d numbers are drawn: choose one with charts.Field.": "两次运行共有 %[2]s 个数，只画了 %[1]s 个：可用 charts.Field 选择。",
	"%d of the %d lanes of %s are drawn.":                                 "%[3]s 有 %[2]s 行，只画了 %[1]s 行。",
	hasNoEffect:                                                           "charts.%s 对 charts.%s 不起作用。",
	captionLacks:                                                          "题注用了 %s，这里没有这个名称；有 %s。",
	subtitleLacks:                                                         "副标题用了 %s，这里没有这个名称；有 %s。",
	noteLacks:                                                             "注释用了 %s，这里没有这个名称；有 %s。",
	revealLacks:                                                           "揭示的答案用了 %s，这里没有这个名称；有 %s。",
	"The recording holds fewer key frames than there were: raise Config.Frames or Config.Bytes to keep them.": "记录中的关键帧少于实际：要保留它们，请增大 Config.Frames 或 Config.Bytes。",
	"There were more warnings than these.":                                                                                                                    "还有更多警告未列出。",
	"This run is not cached and will be computed again: %s.":                                                                                                  "该运行未被缓存，下次将重新计算：%s。",
	"The cache of runs could not be trimmed: %s.":                                                                                                             "无法清理运行缓存：%s。",
	"the sentence has %d tokens, the model reads %d: the last %d were left out":                                                                               "句子有 %s 个词元，模型只读 %s 个：末尾 %s 个被略去",
	"%d tokens, more than %d: only the attention maps were recorded":                                                                                          "%s 个词元，超过 %s 个：只记录了注意力图",
	"t-SNE keeps who is near whom. Lengths, sizes of clusters, gaps between them and speeds mean nothing.":                                                    "t-SNE 保留的是谁与谁相邻。长度、簇的大小、簇间的间隔和速度都没有意义。",
	"In t-SNE a way is %d%% as wide as the picture: the nearest of a step are steps of its own way. Fewer Steps or a higher Perplexity let ways meet.":        "在 t-SNE 中，一条路的宽度只有全图的 %s%%：一步的近邻都是同一条路上的步。减少 Steps 或提高 Perplexity，各条路才会相遇。",
	"%d of %d steps are embedded, evenly spaced.":                                                                                                             "%[2]s 步中均匀取了 %[1]s 步做嵌入。",
	"%d of the run's %d states are shown: those nearest to %d even steps in log-SNR, the key steps, and the t of %d even steps. The latents of all are kept.": "共 %[2]s 个状态，显示其中 %[1]s 个：在对数信噪比上最接近 %[3]s 个等距步的、各关键步，以及 %[4]s 个等距步的 t。全部状态的潜变量都已保留。",
	"%d moments whose parameters are not finite are not on the path":                                                                                          "有 %s 个时刻的参数不是有限值，未画在路径上",
}

// warningForms are the same as patterns. A scene of several runs puts the name of one before its warning.
var warningForms = sync.OnceValue(func() []warningForm {
	var all []warningForm
	for _, english := range slices.Sorted(maps.Keys(chineseWarnings)) {
		pattern := strings.NewReplacer("%d", `(\d+)`, "%s", `(.+)`, "%%", "%").Replace(regexp.QuoteMeta(english))
		all = append(all, warningForm{regexp.MustCompile(`(?s)^(?:(.*): )??` + pattern + `$`), chineseWarnings[english]})
	}
	return all
})

type warningForm struct {
	english *regexp.Regexp
	chinese string
}

// longestWarning is the most bytes of a text that could be one of these; those of strangers are not searched.
const longestWarning = 2000

// warningInChinese returns a warning that is known in Chinese.
func warningInChinese(text string) (string, bool) {
	if len(text) > longestWarning {
		return "", false
	}
	for _, f := range warningForms() {
		found := f.english.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		gaps := make([]any, len(found)-2)
		for i, s := range found[2:] {
			gaps[i] = s
		}
		if name := found[1]; name != "" {
			return name + "：" + fmt.Sprintf(f.chinese, gaps...), true
		}
		return fmt.Sprintf(f.chinese, gaps...), true
	}
	return "", false
}

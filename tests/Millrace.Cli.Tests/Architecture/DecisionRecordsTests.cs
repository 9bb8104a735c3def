using System.Globalization;

namespace Millrace.Cli.Tests.Architecture;

public sealed class DecisionRecordsTests
{
    [Fact]
    public void Each_decision_has_a_number_of_its_own_that_its_title_repeats()
    {
        // Numbers are given out before records are written, so some may be missing.
        int last = 0;
        foreach (string path in Directory.GetFiles(Path.Combine(TestKit.GoldenFile.Root(), "docs", "decisions"), "*.md").Order(StringComparer.Ordinal))
        {
            int number = int.Parse(Path.GetFileName(path)[..4], CultureInfo.InvariantCulture);
            Assert.True(number > last, path);
            Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"# {number}. "), File.ReadLines(path).First(), StringComparison.Ordinal);
            last = number;
        }
    }
}

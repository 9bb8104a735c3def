using System.Globalization;

namespace Millrace.Cli.Tests.Architecture;

public sealed class DecisionRecordsTests
{
    [Fact]
    public void Each_decision_has_a_number_of_its_own_that_its_title_repeats()
    {
        int expected = 1;
        foreach (string path in Directory.GetFiles(Path.Combine(TestKit.GoldenFile.Root(), "docs", "decisions"), "*.md").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);
            Assert.Equal(expected.ToString("0000", CultureInfo.InvariantCulture), name[..4]);
            Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"# {expected}. "), File.ReadLines(path).First(), StringComparison.Ordinal);
            expected++;
        }
    }
}

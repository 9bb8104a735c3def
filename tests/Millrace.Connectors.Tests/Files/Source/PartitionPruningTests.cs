using System.Globalization;
using System.Text;
using Millrace.Connectors.Files;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Files;

/// <summary>Files are left out by lists of values of their folders, however long, and by nothing else.</summary>
public sealed class PartitionPruningTests
{
    [Fact]
    public void Of_numbers_days_and_texts_the_listed_ones_are_kept()
    {
        using var leaks = new LeakCheck();
        using var folder = new TempFolder();
        var store = new LocalStore(folder.Path);
        DateOnly start = new(2026, 1, 1);
        List<FileEntry> files = [.. Enumerable.Range(0, 300).Select(i => new FileEntry(
            string.Create(CultureInfo.InvariantCulture, $"n={i - 150}/day={start.AddDays(i):yyyy-MM-dd}/name={Name(i)}/a.csv"), store, new ObjectInfo("a.csv", 1, DateTimeOffset.UnixEpoch, "1")))];
        var hive = HiveColumns.Find(files, HivePartitions.On);

        // Every third in any order, with many that no folder has.
        int[] wanted = [.. Enumerable.Range(0, 1000).Where(i => i % 3 == 0)];
        new Random(3).Shuffle(wanted);
        using var numbers = new FixedBuilder<long>(DataType.Int64, 4);
        using var days = new FixedBuilder<int>(DataType.Date, 4);
        using var texts = new BinaryBuilder(DataType.Utf8);
        foreach (int i in wanted)
        {
            numbers.Append(i - 150);
            days.Append(start.AddDays(i).DayNumber - new DateOnly(1970, 1, 1).DayNumber);
            texts.Append(Encoding.UTF8.GetBytes(Name(i)));
        }

        foreach ((string name, ColumnBuilder builder) in new (string, ColumnBuilder)[] { ("n", numbers), ("day", days), ("name", texts) })
        {
            using Column constants = builder.Build();
            var pruning = new PartitionPruning(hive, [new ColumnPredicate(name, PredicateOperator.In, constants)]);
            Assert.True(pruning.CoversAll, name);
            Assert.Equal(files.Where((_, i) => i % 3 == 0), files.Where(pruning.Keeps));
        }
    }

    // Some outside of ASCII, whose order by bytes is not that of UTF-16.
    private static string Name(int i) => (i % 4) switch { 0 => "a", 1 => "\u00e9", 2 => "\uff5e", _ => "\U0001F600" } + i.ToString(CultureInfo.InvariantCulture);
}

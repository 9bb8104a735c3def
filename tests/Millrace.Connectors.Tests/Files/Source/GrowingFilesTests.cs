using System.Text;
using Millrace.Connectors.Files;

namespace Millrace.Connectors.Tests.Files;

/// <summary>Files that change between incremental runs: each row is read once, and none before it is complete.</summary>
public sealed class GrowingFilesTests : IDisposable
{
    // Where the clock of the reads stands.
    private static readonly DateTime Begin = new ManualTime().GetUtcNow().UtcDateTime;

    private readonly TempFolder _folder = new(inMemory: true);

    [Fact]
    public async Task A_csv_line_without_its_end_is_read_when_it_is_complete()
    {
        IncrementalReads reads = Open("a.csv", "id,name\n1,one\n2,tw");

        Assert.Equal([Row(1, "one")], await reads.RunAsync());
        Assert.Contains("a.csv has no line break yet", Assert.Single(reads.Notes, n => n.Contains("line break", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Empty(await reads.RunAsync());
        Append("a.csv", "o\n3,three\n4");
        Assert.Equal([Row(2, "two"), Row(3, "three")], await reads.RunAsync());
        Append("a.csv", ",four\n");
        Assert.Equal([Row(4, "four")], await reads.RunAsync());
        Assert.Empty(await reads.RunAsync());
    }

    [Fact]
    public async Task A_json_line_without_its_end_is_read_when_it_is_complete()
    {
        IncrementalReads reads = Open("a.jsonl", "{\"id\":1,\"name\":\"one\"}\n{\"id\":2,\"na");

        Assert.Equal([Row(1, "one")], await reads.RunAsync());
        Append("a.jsonl", "me\":\"two\"}\r");
        Assert.Empty(await reads.RunAsync());
        Append("a.jsonl", "\n{\"id\":3,\"name\":\"three\"}\n");
        Assert.Equal([Row(2, "two"), Row(3, "three")], await reads.RunAsync());
    }

    [Fact]
    public async Task A_line_break_within_quotes_does_not_make_a_line_complete()
    {
        IncrementalReads reads = Open("a.csv", "id,name\n1,one\n2,\"t\nw");

        Assert.Equal([Row(1, "one")], await reads.RunAsync());
        Append("a.csv", "o\"\n");
        Assert.Equal([Row(2, "t\\nwo")], await reads.RunAsync());
    }

    [Theory]
    [InlineData("id,name\n1,one\n2,\"t\n", "1")]
    [InlineData("id,name\n1,one\n2,\"t\r\n", "1")]
    [InlineData("id,name\n2,\"t\n", "")]
    [InlineData("id,name\n1,one\n2,'t\n", "1")]
    public async Task A_text_that_ends_with_a_line_break_within_quotes_waits_for_their_end(string text, string first)
    {
        char quote = text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        foreach (bool follows in new[] { false, true })
        {
            IncrementalReads reads = Open("a.csv", text, o => o with { Format = Csv("quote", quote.ToString()) }, follows);

            Assert.Equal(first.Length > 0 ? [Row(1, "one")] : [], await reads.RunAsync());
            Assert.Empty(await reads.RunAsync());
            Assert.Contains(reads.Notes, n => n.Contains("a.csv ends within a quoted value", StringComparison.Ordinal));
            Append("a.csv", "w\n");
            Assert.Empty(await reads.RunAsync());
            Append("a.csv", $"o{quote}\n3,\"three\"\n".Replace('"', quote));
            Assert.Equal([Row(2, text.Contains('\r', StringComparison.Ordinal) ? "t\\r\\nw\\no" : "t\\nw\\no"), Row(3, "three")], await reads.RunAsync());
            Assert.Empty(await reads.RunAsync());
        }
    }

    [Theory]
    [InlineData("id,name\n1,one\n2,\"t\n3,three\n", true)]
    [InlineData("id,name\n1,one\n2,\"t\n3,three\n4", true)]
    [InlineData("id,name\n2,\"t\n3,three\n", false)]
    public async Task A_quote_that_nobody_closes_holds_rows_back_until_the_file_has_settled(string text, bool hasFirst)
    {
        foreach (bool follows in new[] { false, true })
        {
            IncrementalReads reads = Open("a.csv", text, follows: follows);
            File.SetLastWriteTimeUtc(_folder["a.csv"], Begin);
            Assert.Equal(hasFirst ? [Row(1, "one")] : [], await reads.RunAsync());
            reads.Time.Advance(TimeSpan.FromSeconds(59));
            Assert.Empty(await reads.RunAsync());
            reads.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("MR2011", (await FailAsync(reads)).Code.Id);
        }
    }

    [Fact]
    public async Task A_quote_that_nobody_closes_is_read_as_it_is_when_no_row_can_be_so_long()
    {
        IncrementalReads reads = Open("a.csv", "id,name\n1,one\n2,\"t\n", o => o with { Format = Csv("max_field_bytes", "100") });
        Assert.Equal([Row(1, "one")], await reads.RunAsync());
        Append("a.csv", new string('x', 190) + "\n");
        Assert.Empty(await reads.RunAsync());
        Append("a.csv", "12345678\n");
        Assert.Equal("MR2011", (await FailAsync(reads)).Code.Id);
    }

    [Fact]
    public async Task A_file_with_nothing_complete_is_left_alone()
    {
        IncrementalReads reads = Open("a.csv", "id,na");

        Assert.Empty(await reads.RunAsync());
        Append("a.csv", "me\n1,one\n");
        Assert.Equal([Row(1, "one")], await reads.RunAsync());
    }

    [Fact]
    public async Task A_full_read_takes_the_last_line_as_it_is()
    {
        _folder.Write("a.csv", "id,name\n1,one\n2,two");
        await using ISource source = new FilesConnector().OpenSource(new FilesSourceOptions { Path = [_folder["a.csv"]] }, new ConnectorContext { Job = "test" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);

        Assert.Equal([Row(1, "one"), Row(2, "two")], await PlanReading.ReadAllAsync(plan));
    }

    [Theory]
    [InlineData("\n3,three\n")]
    [InlineData("\r\n3,three\n")]
    public async Task A_last_line_that_was_read_and_then_ended_is_not_read_again(string growth)
    {
        IncrementalReads reads = Open("a.csv", "id,name\n1,one\n2,two", o => o with { UnfinishedLine = UnfinishedLines.Read });

        Assert.Equal([Row(1, "one"), Row(2, "two")], await reads.RunAsync());
        Append("a.csv", growth);
        Assert.Equal([Row(3, "three")], await reads.RunAsync());
    }

    [Fact]
    public async Task A_last_line_that_was_read_and_then_went_on_is_an_error()
    {
        IncrementalReads reads = Open("a.csv", "id,name\n1,one\n2,tw", o => o with { UnfinishedLine = UnfinishedLines.Read });

        await reads.RunAsync();
        Append("a.csv", "o\n3,three\n");
        Assert.Contains("its last line was read before it was complete", (await FailAsync(reads)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id,name\n1,one\n", "it has 14 bytes, of 20 that were read")]
    [InlineData("id,name\n7,one\n2,two\n3,three\n", "its first 20 bytes are others")]
    [InlineData("id,name\n7,one\n2,two\n", "its first 20 bytes are others")]
    public async Task A_file_that_was_replaced_is_an_error_that_names_the_option(string replacement, string reason)
    {
        IncrementalReads reads = Open("a.csv", "id,name\n1,one\n2,two\n");
        await reads.RunAsync();
        _folder.Write("a.csv", replacement);
        File.SetLastWriteTimeUtc(_folder["a.csv"], DateTime.UnixEpoch);

        MillraceException error = await FailAsync(reads);

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("on_changed: reread", error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ChangedFiles.Reread, 2)]
    [InlineData(ChangedFiles.Ignore, 0)]
    public async Task A_file_that_was_replaced_is_read_again_or_left_if_so_wished(ChangedFiles choice, int rows)
    {
        IncrementalReads reads = Open("a.csv", "id,name\n1,one\n", o => o with { OnChanged = choice });
        await reads.RunAsync();
        _folder.Write("a.csv", "id,name\n7,seven\n8,eight\n");

        Assert.Equal(rows, (await reads.RunAsync()).Count);
    }

    [Fact]
    public async Task A_json_array_that_grew_is_an_error()
    {
        IncrementalReads reads = Open("a.json", "[{\"id\":1,\"name\":\"one\"}]");
        Assert.Equal([Row(1, "one")], await reads.RunAsync());
        Append("a.json", " ");

        Assert.Contains("it grew", (await FailAsync(reads)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(256)]
    [InlineData(100)]
    [InlineData(1 << 20)]
    public async Task Added_rows_that_were_read_in_part_are_not_read_again_where_the_file_is_cut_otherwise(long splitBytes)
    {
        static string Text(int from, int to) => string.Concat(Enumerable.Range(from, to - from).Select(i => $"{i + 10},xxxxxx\n"));
        IncrementalReads reads = Open("a.csv", "id,name\n" + Text(0, 20));
        await reads.RunAsync(splitBytes: 256);
        Append("a.csv", Text(20, 44));

        Assert.Equal(21, (await reads.RunAsync(splitBytes: 256, most: 7)).Count);
        Assert.Equal([Row(51, "xxxxxx"), Row(52, "xxxxxx"), Row(53, "xxxxxx")], await reads.RunAsync(splitBytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Cut_and_appended_anywhere_a_file_gives_every_row_once(int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder("id,name\n");
        var expected = new List<string>();
        for (int i = 0; i < 300; i++)
        {
            string name = random.Next(4) switch { 0 => "a\nb", 1 => "say \"x\"", 2 => new string('z', random.Next(90)), _ => "plain" };
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{i},\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"").Append(i % 3 == 0 ? "\r\n" : "\n");
            expected.Add(Row(i, name.Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)));
        }

        string all = text.ToString();
        IncrementalReads reads = Open("a.csv", "", o => o with { Fingerprint = FingerprintKind.Whole });
        var rows = new List<string>();
        int at = 0;
        while (at < all.Length)
        {
            int next = Math.Min(all.Length, at + random.Next(1, 1500));

            // Half of the time the text ends with a line break, within quotes as often as not.
            int line = all.IndexOf('\n', next - 1);
            next = random.Next(2) == 0 && line >= 0 ? line + 1 : next;

            Append("a.csv", all[at..next]);
            at = next;
            rows.AddRange(await reads.RunAsync(splitBytes: 256, most: random.Next(3) == 0 ? 2 : int.MaxValue));
        }

        rows.AddRange(await reads.RunAsync(splitBytes: 256));
        Assert.Equal(expected, rows);
    }

    public void Dispose() => _folder.Dispose();

    private IncrementalReads Open(string name, string text, Func<FilesSourceOptions, FilesSourceOptions>? change = null, bool follows = false)
    {
        var options = new FilesSourceOptions { Path = [_folder.Write(name, text)] };
        return new IncrementalReads(change is null ? options : change(options)) { Follows = follows };
    }

    private static OptionChoice<FormatChoices> Csv(string option, string value)
    {
        var options = new OptionMap(new ErrorPlace());
        options.Set(option, new OptionScalar(value, new ErrorPlace()));
        return new OptionChoice<FormatChoices>("csv", options);
    }

    private void Append(string name, string text)
    {
        File.AppendAllText(_folder[name], text);

        // The next time differs from this one however coarse the clock is.
        File.SetLastWriteTimeUtc(_folder[name], Begin.AddSeconds(new FileInfo(_folder[name]).Length));
    }

    private static async Task<MillraceException> FailAsync(IncrementalReads reads)
        => await Assert.ThrowsAsync<MillraceException>(() => reads.RunAsync());

    private static string Row(long id, string name) => $"{{\"id\":{id},\"name\":\"{name}\"}}";
}

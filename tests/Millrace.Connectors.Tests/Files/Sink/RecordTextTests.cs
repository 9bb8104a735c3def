using System.Text;
using System.Text.Json.Nodes;
using Millrace.Connectors.Files;

namespace Millrace.Connectors.Tests.Files;

public sealed class RecordTextTests
{
    private const string Name = "out/_millrace/orders/log/000000000007.json";

    [Fact]
    public void A_record_survives_a_round_trip()
    {
        CommitRecord record = Sample();
        CommitRecord back = Read(RecordText.ToBytes(record));
        Assert.Equal(record.Run, back.Run);
        Assert.Equal(record.Schema, back.Schema);
        Assert.Equal(record.Files, back.Files);
        Assert.Equal(record.Begins, back.Begins);
        Assert.Equal(record.Replaces, back.Replaces);
        Assert.Equal(record.Removes, back.Removes);
        Assert.Equal(record.KeepThrough, back.KeepThrough);
        Assert.Equal(record.Checkpoint!.ToJson().ToJsonString(), back.Checkpoint!.ToJson().ToJsonString());
    }

    [Fact]
    public void A_record_is_text_for_a_pager()
    {
        string text = Encoding.UTF8.GetString(RecordText.ToBytes(Sample()));
        Assert.Contains("\n  \"run\": \"räder\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text, c => c < ' ' && c != '\n');
    }

    [Fact]
    public void A_record_that_is_cut_or_changed_at_any_byte_is_an_error_that_names_it()
    {
        byte[] whole = RecordText.ToBytes(Sample());
        for (int at = 0; at < whole.Length; at++)
        {
            AssertDamaged(whole[..at]);
            foreach (int value in (int[])[whole[at] ^ 1, whole[at] ^ 0x80, whole[at] ^ 0xff, 0])
            {
                byte[] changed = [.. whole];
                changed[at] = (byte)value;
                AssertDamaged(changed);
            }
        }
    }

    [Fact]
    public void A_record_under_the_name_of_another_is_damage()
        => Assert.Equal(FilesErrors.DamagedRecord, Assert.Throws<MillraceException>(() => RecordText.FromBytes(RecordText.ToBytes(Sample()), 8, Name)).Code);

    [Fact]
    public void A_newer_layout_that_this_program_may_read_is_read_and_another_is_refused()
    {
        Assert.Equal("räder", Read(Changed(j => j["version"] = 2)).Run);
        MillraceException error = Assert.Throws<MillraceException>(() => Read(Changed(j => (j["version"], j["readable_since"]) = (3, 2))));
        Assert.Equal(ProgressErrors.UnknownVersion, error.Code);
        Assert.Contains("newer", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_with_a_whole_seal_and_any_other_fault_is_an_error_too()
    {
        AssertDamaged(Changed(j => j.Remove("begins")));
        AssertDamaged(Changed(j => j["begins"]!["sequence"] = 8));
        AssertDamaged(Changed(j => j["kind"] = "party"));
        AssertDamaged(Changed(j => j["removes"]![0] = "/etc/passwd"));
        AssertDamaged(Changed(j => j["whole"] = 8));
        AssertDamaged(Changed(j => j["schema"]![0]!["type"] = "int65"));
        AssertDamaged(Changed(j => j["files"]![0]!["name"] = "../../etc/passwd"));
        AssertDamaged(Changed(j => j["files"]![0]!["rows"] = -1));
        AssertDamaged(Changed(j => j["files"]![0]!["rows"] = 1e300));
        AssertDamaged(Changed(j => j["version"] = 1L << 40));
        AssertDamaged(SealedText.Seal("null"));
        AssertDamaged(SealedText.Seal(""));
        AssertDamaged(SealedText.Seal(new string('[', 1 << 20)));
        AssertDamaged(SealedText.Seal("""{"version": 1, "version": 1}"""));
    }

    // The seal is put on after the change, so that what is behind it is met too.
    [Fact]
    public void Random_changes_behind_the_seal_are_records_or_errors()
    {
        string text = SealedText.Open(RecordText.ToBytes(Sample()))!;
        string[] tokens = ["{", "}", "[", "]", "\"", ",", ":", "null", "-1", "1e999", "99999999999999999999", "true", "\\u0000", "\\ud800", "\"splits\"", "../", "0"];
        int read = 0;
        for (int seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var changed = new StringBuilder(text);
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                int at = random.Next(changed.Length);
                if (random.Next(2) == 0)
                {
                    changed.Remove(at, Math.Min(random.Next(1, 12), changed.Length - at));
                }

                changed.Insert(Math.Min(at, changed.Length), tokens[random.Next(tokens.Length)]);
            }

            try
            {
                Read(SealedText.Seal(changed.ToString()));
                read++;
            }
            catch (MillraceException e)
            {
                Assert.True(e.Code == FilesErrors.DamagedRecord || e.Code == ProgressErrors.Corrupt || e.Code == ProgressErrors.UnknownVersion, e.Describe());
            }
        }

        Assert.InRange(read, 1, 19_999);
    }

    private static CommitRecord Sample() => new()
    {
        Sequence = 7,
        Whole = 7,
        Kind = RecordKind.Rewind,
        Run = "räder",
        Begins = new LogStart(3, 2),
        Replaces = new Dictionary<string, long> { ["_millrace/other/"] = 9 },
        KeepThrough = 5,
        Removes = ["day=1/part-old.lines"],
        Checkpoint = SinkHarness.Checkpoint(7) with
        {
            Splits = new Dictionary<string, SplitProgress> { ["b.csv"] = new(new Position(new JsonObject { ["offset"] = 1L << 60 }), true) },
        },
        Schema = Batches.Schema,
        Files = [new CommittedFile("day=1/part-0.lines", "_millrace/orders/staged/part-0.lines.staged", 5, 99)],
    };

    private static byte[] Changed(Action<JsonObject> change)
    {
        var json = (JsonObject)JsonNode.Parse(SealedText.Open(RecordText.ToBytes(Sample()))!)!;
        change(json);
        return SealedText.Seal(json.ToJsonString());
    }

    private static CommitRecord Read(byte[] bytes) => RecordText.FromBytes(bytes, 7, Name);

    private static void AssertDamaged(byte[] bytes)
    {
        MillraceException error = Assert.Throws<MillraceException>(() => Read(bytes));
        Assert.Equal(FilesErrors.DamagedRecord, error.Code);
        Assert.Equal(Name, error.Place?.File);
        Assert.Contains("millrace state reset", error.Hint, StringComparison.Ordinal);
    }
}

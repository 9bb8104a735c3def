using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Connectors.Files;
using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Fuzz;

/// <summary>
/// What a job keeps of itself and trusts after a crash. Sealed texts get a seal that fits, so that damage goes past the
/// checksum; what is accepted has to be written and read again without becoming another.
/// </summary>
internal sealed class StateTarget(string name, Func<Random, byte[]> seed, Action<byte[]> run) : IFuzzTarget
{
    private const long Sequence = 7;

    public static IReadOnlyList<StateTarget> All { get; } =
    [
        new("commit-record", Record, RunRecord),
        new("folded-list", _ => Unsealed(RecordText.ListToBytes(["part-1.csv", "day=1/part-2.csv"])), bytes => RecordText.ListFromBytes(Sealed(bytes), "list")),
        new("epoch-record", random => Unsealed(EpochRecord.ToBytes(new CommittedEpoch(Progress(random, Sequence), "run", 1, 2, ["a"]))), RunEpoch),
        new("dead-letter", Letter, RunLetter),
    ];

    public string Name => name;

    public IReadOnlyList<byte[]> Tokens { get; } =
        [.. new[] { "\"splits\":", "\"position\":", "\"done\":", "\"checkpoint\":null", "\"whole\":", "\"files\":", "\"../x\"", "\"\\u0000\"", "\"\\ud800\"", "null", "true", "-1", "1e99", "9223372036854775807", "\"0001-01-01T00:00:00+14:00\"", "[", "]", "{", "}", ",", ":", "\"" }.Select(Encoding.UTF8.GetBytes)];

    public IEnumerable<byte[]> Seeds(Random random) => Enumerable.Range(0, 16).Select(_ => seed(random));

    public void Run(byte[] input) => run(input);

    private static void RunRecord(byte[] input)
    {
        MillraceException? refused = null;
        bool isAccepted = false;
        foreach (CommitRecord? before in (CommitRecord?[])[null, Before(new Random(1)), Before(new Random(1)) with { Checkpoint = null }])
        {
            CommitRecord record;
            try
            {
                record = RecordText.FromBytes(Sealed(input), Sequence, "record", before);
            }
            catch (MillraceException e) when (e.Code.Domain != ErrorDomain.Internal)
            {
                refused = e;
                continue;
            }

            isAccepted = true;

            // Without the one before, a record of changes is only part of one.
            if (before is null && record.Whole != Sequence)
            {
                continue;
            }

            CommitRecord whole = record with { Whole = Sequence };
            CommitRecord again = RecordText.FromBytes(RecordText.ToBytes(whole), Sequence, "record");
            Require(RecordText.ToBytes(whole).AsSpan().SequenceEqual(RecordText.ToBytes(again)), "A record that was written and read again is another.");
        }

        RejectUnsealed(() => RecordText.FromBytes(input, Sequence, "record"));
        if (!isAccepted)
        {
            throw refused!;
        }
    }

    private static void RunEpoch(byte[] input)
    {
        byte[] first = EpochRecord.ToBytes(EpochRecord.FromBytes(Sealed(input), "record"));
        Require(first.AsSpan().SequenceEqual(EpochRecord.ToBytes(EpochRecord.FromBytes(first, "record"))), "A record that was written and read again is another.");
    }

    private static void RunLetter(byte[] input)
    {
        if (DeadLetterCodec.Read(input, new ErrorPlace()) is not LetterLineOfLetter line)
        {
            return;
        }

        var first = new ArrayBufferWriter<byte>();
        DeadLetterCodec.Write(first, line.Letter, line.ContextId);
        var again = (LetterLineOfLetter)DeadLetterCodec.Read(first.WrittenMemory[..^1], new ErrorPlace());
        var second = new ArrayBufferWriter<byte>();
        DeadLetterCodec.Write(second, again.Letter, again.ContextId);
        Require(first.WrittenSpan.SequenceEqual(second.WrittenSpan), "A letter that was written and read again is another.");
    }

    private static void RejectUnsealed(Func<CommitRecord> read)
    {
        try
        {
            read();
        }
        catch (MillraceException e) when (e.Code.Domain != ErrorDomain.Internal)
        {
        }
    }

    private static byte[] Record(Random random)
    {
        CommitRecord? before = random.Next(2) == 0 ? Before(random) : null;
        return Unsealed(RecordText.ToBytes(Record(random, before?.Whole ?? Sequence), before));
    }

    private static CommitRecord Record(Random random, long whole) => Before(random) with
    {
        Sequence = Sequence,
        Whole = whole,
        Kind = (RecordKind)random.Next(4),
        Checkpoint = Progress(random, 5),
        Replaces = random.Next(2) == 0 ? null : new Dictionary<string, long> { ["_millrace/other/"] = 3 },
        Removes = ["part-0.csv"],
        KeepThrough = 4,
        Files = [new CommittedFile("part-1.csv", "_millrace/orders/staged/part-1.csv", random.Next(100), random.Next(1000))],
    };

    private static CommitRecord Before(Random random) => new()
    {
        Sequence = Sequence - 1,
        Whole = 3,
        Kind = RecordKind.Commit,
        Run = "run",
        Begins = new LogStart(2, 1),
        Checkpoint = Progress(random, 4),
        Schema = new Schema(new Field("n", DataType.Int64), new Field("name", DataType.Utf8)),
    };

    private static Checkpoint Progress(Random random, long epoch) => new()
    {
        Job = "orders",
        Epoch = epoch,
        CreatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        FencingToken = 1_700_000_000_000,
        Watermark = random.Next(2) == 0 ? null : DateTimeOffset.UnixEpoch,
        Splits = Enumerable.Range(0, random.Next(4)).ToDictionary(
            i => $"in/{i}.csv",
            i => new SplitProgress(random.Next(3) == 0 ? null : new Position(new JsonObject { ["v"] = 1, ["size"] = random.Next(), ["start"] = 0 }), i % 2 == 0)),
        Notes = new Dictionary<string, string> { [CheckpointNotes.Run] = "run", [CheckpointNotes.TakenBack] = "1-2" },
    };

    private static byte[] Letter(Random random)
    {
        var text = new ArrayBufferWriter<byte>();
        DeadLetterCodec.Write(
            text,
            new DeadLetter
            {
                Id = new string((char)('a' + random.Next(6)), DeadLetterId.Length),
                Tenant = "acme",
                Job = "orders",
                Run = "run",
                Epoch = random.Next(9),
                Code = "MR2004",
                Message = "It is no date.",
                Place = new ErrorPlace { File = "a.csv", Line = 3, Offset = 17 },
                Position = new JsonObject { ["v"] = 1 },
                First = DateTimeOffset.UnixEpoch,
                Last = DateTimeOffset.UnixEpoch,
                Raw = random.Next(2) == 0 ? "1,x"u8.ToArray() : new byte[] { 0xff, 0 },
                RawLength = 3,
                Fields = [new("id", "1"), new("day", null)],
            },
            contextId: random.Next(2) == 0 ? null : "c1");
        return text.WrittenSpan[..^1].ToArray();
    }

    private static byte[] Sealed(byte[] text) => SealedText.Seal(Encoding.UTF8.GetString(text));

    private static byte[] Unsealed(byte[] record) => Encoding.UTF8.GetBytes(SealedText.Open(record)!);

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new BrokenInvariantException(what);
        }
    }
}

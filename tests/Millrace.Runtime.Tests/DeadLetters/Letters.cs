using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Millrace.Storage;

namespace Millrace.Runtime.Tests.DeadLetters;

/// <summary>Letters and folders of letters for tests.</summary>
internal static class Letters
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static RowError Error(int line, string? raw = null, string file = "a.csv") => new(
        RuntimeErrors.RequiredValueMissing,
        "The value is missing.",
        new ErrorPlace { File = file, Line = line, Offset = line * 10, Field = "n" },
        Encoding.UTF8.GetBytes(raw ?? $"row {line}"));

    public static DeadLetter Random(Random random)
    {
        var raw = new byte[random.Next(40)];
        random.NextBytes(raw);
        if (random.Next(2) == 0)
        {
            raw = Encoding.UTF8.GetBytes(Text(random));
        }

        return new DeadLetter
        {
            Id = random.NextInt64().ToString("x16", CultureInfo.InvariantCulture) + random.NextInt64().ToString("x16", CultureInfo.InvariantCulture),
            Tenant = Text(random),
            Job = Text(random),
            JobVersion = random.Next(2) == 0 ? null : Text(random),
            Run = Text(random),
            Epoch = random.Next(1, 1000),
            Stage = (RowStage)random.Next(2),
            Code = "MR2004",
            Message = Text(random),
            Place = new ErrorPlace
            {
                File = random.Next(2) == 0 ? null : Text(random),
                Line = random.Next(2) == 0 ? null : random.NextInt64(),
                Column = random.Next(2) == 0 ? null : random.Next(),
                Offset = random.Next(2) == 0 ? null : random.NextInt64(),
                Row = random.Next(2) == 0 ? null : random.NextInt64(),
                Field = random.Next(2) == 0 ? null : Text(random),
                Stream = random.Next(2) == 0 ? null : Text(random),
                Split = random.Next(2) == 0 ? null : Text(random),
            },
            Position = random.Next(2) == 0 ? null : new JsonObject { ["v"] = 1, ["at"] = random.NextInt64(), ["name"] = Text(random) },
            Attempts = random.Next(1, 9),
            First = Noon.AddTicks(random.NextInt64(TimeSpan.TicksPerDay)),
            Last = Noon.AddDays(2).AddTicks(random.NextInt64(TimeSpan.TicksPerDay)),
            Form = (RawForm)random.Next(2),
            Raw = raw,
            RawLength = random.Next(2) == 0 ? raw.Length : raw.Length + 7,
            Fields = [new("id", "1"), new(Text(random) + "x", null), new("z" + Text(random), Text(random))],
            Key = random.Next(2) == 0 ? null : raw,
            Headers = random.Next(2) == 0 ? [] : [new("h", Text(random)), new("h", null)],
            Context = random.Next(2) == 0 ? null : new JsonObject { ["columns"] = new JsonArray("a", Text(random)), ["n"] = 1.5 },
        };
    }

    /// <summary>All that a letter holds, as text, so that two can be compared.</summary>
    public static string Print(DeadLetter letter) => string.Join(
        '|',
        letter.Id, letter.Tenant, letter.Job, letter.JobVersion, letter.Run, letter.Epoch, letter.Stage, letter.Code, letter.Message,
        letter.Place with { }, letter.Place.Line, letter.Place.Column, letter.Place.Offset, letter.Place.Row, letter.Place.Field, letter.Place.Stream, letter.Place.Split,
        letter.Position?.ToJsonString(), letter.Attempts, letter.First.UtcTicks, letter.Last.UtcTicks, letter.Form,
        Convert.ToHexString(letter.Raw.Span), letter.RawLength, string.Join(';', letter.Fields), letter.Key is { } key ? Convert.ToHexString(key.Span) : "none",
        string.Join(';', letter.Headers), letter.Context?.ToJsonString());

    public static EpochLetters Open(IObjectStore store, string run, DeadLetterSpec? limits = null, TimeProvider? time = null, List<string>? notes = null, string job = "orders")
        => new(store, new LetterOrigin("acme", job, "v1", run), limits ?? new DeadLetterSpec(), time ?? TimeProvider.System, n => notes?.Add(n));

    public static async Task<List<DeadLetter>> ReadAsync(IObjectStore store, string folder = "")
    {
        DeadLetterIndex index = await DeadLetterIndex.ReadAsync(store, folder, CancellationToken.None);
        var letters = new List<DeadLetter>();
        await foreach (DeadLetter letter in index.LettersAsync(CancellationToken.None))
        {
            letters.Add(letter);
        }

        return letters;
    }

    // Any characters that .NET can write as UTF-8, the awkward ones often.
    private static string Text(Random random)
    {
        const string awkward = "\"\\\n\r\0\u007f/%<>&'é漢 ";
        return string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => random.Next(3) == 0 ? awkward[random.Next(awkward.Length)] : (char)random.Next(32, 127)));
    }
}

using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>Which letters are replayed, and with what bytes.</summary>
public sealed record ReplaySelection
{
    /// <summary>The letters meant; null for all.</summary>
    public LetterFilter? Filter { get; init; }

    /// <summary>Letters as somebody edited them, by id: their bytes stand for those that were set aside.</summary>
    public IReadOnlyDictionary<string, DeadLetter> Edited { get; init; } = new Dictionary<string, DeadLetter>();

    /// <summary>Reads letters that were exported as JSON lines and edited; they and no others are meant.</summary>
    public static async ValueTask<ReplaySelection> FromFileAsync(string path, CancellationToken cancellation)
    {
        string full = Path.GetFullPath(path);
        var store = new LocalStore(Path.GetDirectoryName(full)!, Path.GetDirectoryName(path));
        var edited = new Dictionary<string, DeadLetter>(StringComparer.Ordinal);
        IObjectReader reader = await store.OpenAsync(Path.GetFileName(full), cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await foreach ((ReadOnlyMemory<byte> line, long number) in SegmentReader.LinesAsync(reader, path, cancellation).ConfigureAwait(false))
            {
                if (line.Span.IndexOfAnyExcept(" \t\r"u8) >= 0 && DeadLetterCodec.Read(line, ErrorPlace.InFile(path, number)) is LetterLineOfLetter { Letter: var letter })
                {
                    edited[letter.Id] = letter;
                }
            }
        }

        return new ReplaySelection { Filter = new LetterFilter { Ids = edited.Keys.ToHashSet(StringComparer.Ordinal) }, Edited = edited };
    }

    /// <summary>A letter with the bytes that are to be read.</summary>
    internal DeadLetter Apply(DeadLetter letter)
    {
        if (!Edited.TryGetValue(letter.Id, out DeadLetter? edited))
        {
            return letter;
        }

        if (edited.Raw.Span.SequenceEqual(letter.Raw.Span) && !edited.Fields.SequenceEqual(letter.Fields))
        {
            throw DeadLetterErrors.CannotReplay.Error($"The fields of the letter {letter.Id} were edited, and a replay reads `raw`.", letter.Place, "Edit `raw`.");
        }

        return letter with { Raw = edited.Raw, RawLength = edited.Raw.Span.SequenceEqual(letter.Raw.Span) ? letter.RawLength : edited.Raw.Length };
    }
}

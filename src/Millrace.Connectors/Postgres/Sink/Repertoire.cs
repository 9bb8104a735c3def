using System.Collections;
using System.Runtime.ExceptionServices;
using System.Text;
using Millrace.Columnar;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The characters that a database of another encoding than UTF-8 can hold. The server is asked about each once, before a COPY
/// brings it, which one character that is lacking would end as a whole.
/// </summary>
/// <param name="encoding">The server's name of the encoding.</param>
internal sealed class Repertoire(string encoding)
{
    private const int Characters = 0x110000;

    // Of one question, in characters.
    private const int MostAsked = 4096;

    // Into so many parts a question is split whose characters are not all there: to find one that is lacking among 4096 takes
    // three steps, to find that all are lacking 1.07 questions each.
    private const int Parts = 16;

    // Questions that are sent together.
    private const int MostTogether = 256;

    private readonly BitArray _met = new(Characters);
    private readonly BitArray _lacking = new(Characters);
    private readonly List<Rune> _new = [];

    /// <summary>That of a database; null where there is nothing that it lacks. SQL_ASCII takes any bytes; UNICODE is an old name of UTF8.</summary>
    /// <param name="encoding">What the server reports as <c>server_encoding</c>; null if it reports none.</param>
    public static Repertoire? Of(string? encoding) => encoding is null or "UTF8" or "UNICODE" or "SQL_ASCII" ? null : new Repertoire(encoding);

    /// <summary>Whether rows have characters that the server was not asked about.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="columns">The columns of them that are written.</param>
    public bool IsNewIn(RecordBatch batch, ReadOnlySpan<int> columns)
    {
        foreach (int column in columns)
        {
            Collect(batch[column]);
        }

        return _new.Count > 0;
    }

    /// <summary>Inside a transaction, with no COPY under way: asks about the characters that are new.</summary>
    public async ValueTask AskAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // Those that are lacking mostly stand together.
        _new.Sort();
        List<Range> asked = [];
        for (int first = 0; first < _new.Count; first += MostAsked)
        {
            asked.Add(first..Math.Min(first + MostAsked, _new.Count));
        }

        while (asked.Count > 0)
        {
            List<Range> next = [];
            foreach (Range[] together in asked.Chunk(MostTogether))
            {
                foreach (Range mixed in await AskAsync(connection, together, cancellation).ConfigureAwait(false))
                {
                    Split(mixed, next);
                }
            }

            asked = next;
        }

        _new.Clear();
    }

    /// <summary>Finds the texts with a character that the database lacks, by what was asked.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="unescapes">Whether the server makes characters of the escapes of JSON.</param>
    /// <param name="found">Called for each with its row and what is wrong.</param>
    public void Find(BinaryColumn texts, bool unescapes, Action<int, string> found)
    {
        ReadOnlySpan<int> offsets = texts.Offsets;
        if (!ForeignCharacters.MayBeIn(texts.Data[offsets[0]..offsets[texts.Length]], unescapes))
        {
            return;
        }

        for (int row = 0; row < texts.Length; row++)
        {
            if (texts.Validity[row] && Lacking(new ForeignCharacters(texts.Data[offsets[row]..offsets[row + 1]], unescapes)) is { } character)
            {
                found(row, $"holds '{character}' (U+{character.Value:X4}), which {encoding}, the encoding of the database, lacks");
            }
        }
    }

    private Rune? Lacking(ForeignCharacters characters)
    {
        while (characters.MoveNext())
        {
            if (_lacking[characters.Current.Value])
            {
                return characters.Current;
            }
        }

        return null;
    }

    // Any text may come to be jsonb, whose escapes count; to ask about one that does not harms nothing. Names of fields become keys.
    private void Collect(Column column)
    {
        switch (column)
        {
            case BinaryColumn texts when column.Type.Id != TypeId.Binary:
                var characters = new ForeignCharacters(texts.Data[texts.Offsets[0]..texts.Offsets[texts.Length]], unescapes: true);
                while (characters.MoveNext())
                {
                    Meet(characters.Current);
                }

                break;
            case DictionaryColumn coded:
                Collect(coded.Dictionary);
                break;
            case ListColumn lists:
                Collect(lists.Items);
                break;
            case StructColumn structs:
                for (int f = 0; f < structs.Fields.Count; f++)
                {
                    Meet(structs.Type.Children[f].Name);
                    Collect(structs.Fields[f]);
                }

                break;
        }
    }

    private void Meet(string name)
    {
        foreach (Rune character in name.EnumerateRunes())
        {
            if (!character.IsAscii)
            {
                Meet(character);
            }
        }
    }

    private void Meet(Rune character)
    {
        if (!_met[character.Value])
        {
            _met[character.Value] = true;
            _new.Add(character);
        }
    }

    // One character that is not there makes a question fail, and does not say of the others whether they are.
    private void Split(Range asked, List<Range> parts)
    {
        (int first, int count) = asked.GetOffsetAndLength(_new.Count);
        if (count == 1)
        {
            _lacking[_new[first].Value] = true;
            return;
        }

        int size = (count + Parts - 1) / Parts;
        for (int at = first; at < first + count; at += size)
        {
            parts.Add(at..Math.Min(at + size, first + count));
        }
    }

    // Those of some questions that fail. All go in one round trip, each followed by a way back to where the transaction stood.
    private async ValueTask<IReadOnlyList<Range>> AskAsync(NpgsqlConnection connection, Range[] asked, CancellationToken cancellation)
    {
        using var batch = new NpgsqlBatch(connection) { EnableErrorBarriers = true };
        NpgsqlBatchCommand[] questions = [.. asked.Select(Question)];
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SAVEPOINT millrace"));
        foreach (NpgsqlBatchCommand question in questions)
        {
            batch.BatchCommands.Add(question);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("ROLLBACK TO SAVEPOINT millrace"));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("RELEASE SAVEPOINT millrace"));
        try
        {
            await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            return [];
        }
        catch (Exception e) when (ErrorsOf(e) is var errors && errors.Any(IsRefusal))
        {
            if (errors.FirstOrDefault(error => !IsRefusal(error)) is { } other)
            {
                ExceptionDispatchInfo.Throw(other);
            }

            return [.. asked.Where((_, i) => questions[i].Rows == 0)];
        }
    }

    private NpgsqlBatchCommand Question(Range asked)
    {
        (int first, int count) = asked.GetOffsetAndLength(_new.Count);
        var question = new NpgsqlBatchCommand("SELECT pg_catalog.length(pg_catalog.convert($1, 'UTF8', pg_catalog.getdatabaseencoding()))");
        question.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Encoding.UTF8.GetBytes(string.Concat(_new.GetRange(first, count))) });
        return question;
    }

    // The client library throws those of several statements together.
    private static IReadOnlyList<Exception> ErrorsOf(Exception error)
        => (error as AggregateException ?? error.InnerException as AggregateException)?.InnerExceptions ?? (IReadOnlyList<Exception>)[error];

    private static bool IsRefusal(Exception error)
        => error is PostgresException { SqlState: PostgresErrorCodes.UntranslatableCharacter or PostgresErrorCodes.CharacterNotInRepertoire };
}

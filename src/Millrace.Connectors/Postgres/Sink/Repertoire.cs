using System.Collections;
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

    private readonly BitArray _met = new(Characters);
    private readonly BitArray _lacking = new(Characters);
    private readonly List<Rune> _new = [];

    /// <summary>That of a database; null where there is nothing that it lacks. SQL_ASCII takes any bytes; UNICODE is an old name of UTF8.</summary>
    /// <param name="encoding">What the server reports as <c>server_encoding</c>; null if it reports none.</param>
    public static Repertoire? Of(string? encoding) => encoding is null or "UTF8" or "UNICODE" or "SQL_ASCII" ? null : new Repertoire(encoding);

    /// <summary>Whether rows have characters that the server was not asked about.</summary>
    public bool IsNewIn(RecordBatch batch)
    {
        for (int c = 0; c < batch.Columns.Count; c++)
        {
            Collect(batch[c]);
        }

        return _new.Count > 0;
    }

    /// <summary>Inside a transaction, with no COPY under way: asks about the characters that are new.</summary>
    public async ValueTask AskAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await ExecuteAsync(connection, "SAVEPOINT millrace", cancellation).ConfigureAwait(false);
        for (int first = 0; first < _new.Count; first += MostAsked)
        {
            await AskAsync(connection, first, Math.Min(first + MostAsked, _new.Count), cancellation).ConfigureAwait(false);
        }

        await ExecuteAsync(connection, "RELEASE SAVEPOINT millrace", cancellation).ConfigureAwait(false);
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

    // By halves until those that are lacking stand alone.
    private async ValueTask AskAsync(NpgsqlConnection connection, int first, int end, CancellationToken cancellation)
    {
        try
        {
            using var command = new NpgsqlCommand("SELECT pg_catalog.length(pg_catalog.convert($1, 'UTF8', pg_catalog.getdatabaseencoding()))", connection);
            command.Parameters.AddWithValue(Encoding.UTF8.GetBytes(string.Concat(_new.GetRange(first, end - first))));
            await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false);
            return;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UntranslatableCharacter or PostgresErrorCodes.CharacterNotInRepertoire)
        {
            await ExecuteAsync(connection, "ROLLBACK TO SAVEPOINT millrace", cancellation).ConfigureAwait(false);
        }

        if (end - first == 1)
        {
            _lacking[_new[first].Value] = true;
            return;
        }

        int middle = first + ((end - first) / 2);
        await AskAsync(connection, first, middle, cancellation).ConfigureAwait(false);
        await AskAsync(connection, middle, end, cancellation).ConfigureAwait(false);
    }

    private static async ValueTask ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}

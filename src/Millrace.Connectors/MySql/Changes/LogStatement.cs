using System.Text;

namespace Millrace.Connectors.MySql;

/// <summary>What a statement that stands in the log as text means to a reader of one table.</summary>
internal enum StatementKind
{
    /// <summary>Nothing.</summary>
    Other,

    Begin,
    Commit,
    Rollback,

    /// <summary>Part of a transaction is taken back.</summary>
    RollbackTo,

    /// <summary>All rows of the table are gone, and perhaps the table with them.</summary>
    Truncate,

    /// <summary>Rows went or came without being named: by parts of the table, or with another table under its name.</summary>
    Unnamed,

    /// <summary>Rows were changed by a statement of which the log has the text, and not the rows.</summary>
    Unlogged,
}

/// <summary>Reads the beginning of a statement of the log, as far as it concerns a table.</summary>
internal ref struct LogStatement
{
    private readonly ReadOnlySpan<char> _text;
    private readonly string _database;
    private readonly TableName _table;
    private readonly StringComparison _names;
    private int _at;

    private LogStatement(ReadOnlySpan<char> text, string database, TableName table, StringComparison names)
    {
        _text = text;
        _database = database;
        _table = table;
        _names = names;
    }

    /// <param name="text">The statement.</param>
    /// <param name="database">Database in which it ran.</param>
    /// <param name="table">The table.</param>
    /// <param name="names">How the server compares names of databases and tables.</param>
    public static StatementKind Classify(ReadOnlySpan<char> text, string database, TableName table, StringComparison names)
    {
        var statement = new LogStatement(text, database, table, names);
        return statement.Classify();
    }

    private StatementKind Classify()
    {
        switch (Word())
        {
            case "BEGIN":
                return StatementKind.Begin;
            case "XA":
                return Word() == "START" ? StatementKind.Begin : StatementKind.Other;
            case "COMMIT":
                return StatementKind.Commit;
            case "ROLLBACK":
                return Word() == "TO" ? StatementKind.RollbackTo : StatementKind.Rollback;
            case "TRUNCATE":
                Skip("TABLE");
                return IsTable() ? StatementKind.Truncate : StatementKind.Other;
            case "DROP":
                return Drop();
            case "CREATE":
                return Create();
            case "ALTER":
                return Alter();
            case "RENAME":
                return Mentions() ? StatementKind.Unnamed : StatementKind.Other;
            case "INSERT" or "UPDATE" or "DELETE" or "REPLACE" or "LOAD" or "WITH":
                return Mentions() ? StatementKind.Unlogged : StatementKind.Other;
            default:
                return StatementKind.Other;
        }
    }

    private StatementKind Drop()
    {
        switch (Word())
        {
            case "TABLE":
                Skip("IF");
                Skip("EXISTS");
                do
                {
                    if (IsTable())
                    {
                        return StatementKind.Truncate;
                    }
                }
                while (TrySymbol(','));

                return StatementKind.Other;
            case "DATABASE" or "SCHEMA":
                // Its tables go along, and are not named.
                Skip("IF");
                Skip("EXISTS");
                return IsDatabase() ? StatementKind.Truncate : StatementKind.Other;
            default:
                // TEMPORARY, or no table at all.
                return StatementKind.Other;
        }
    }

    private StatementKind Create()
    {
        bool replaces = Skip("OR");
        Skip("REPLACE");
        bool isOurs = replaces && Word() switch
        {
            "TABLE" => !Skip("IF") && IsTable(),
            "DATABASE" or "SCHEMA" => IsDatabase(),
            _ => false,
        };
        return isOurs ? StatementKind.Truncate : StatementKind.Other;
    }

    private StatementKind Alter()
    {
        Skip("ONLINE");
        Skip("OFFLINE");
        Skip("IGNORE");
        if (Word() != "TABLE")
        {
            return StatementKind.Other;
        }

        Skip("IF");
        Skip("EXISTS");
        if (!IsTable())
        {
            // The other table of an exchange, or a table that takes the name.
            return (HasWord("PARTITION") || HasWord("RENAME")) && Mentions() ? StatementKind.Unnamed : StatementKind.Other;
        }

        string action = Word();
        return action is "DROP" or "TRUNCATE" or "EXCHANGE" or "DISCARD" or "IMPORT" or "CONVERT" && Word() is "PARTITION" or "TABLESPACE" ? StatementKind.Unnamed : StatementKind.Other;
    }

    // Whether the name of the table stands anywhere behind this place, with that of its database where the statement ran in another.
    private readonly bool Mentions()
        => Has(_table.Name, _names) && (_database.Equals(_table.Database, _names) || Has(_table.Database, _names));

    private readonly bool HasWord(string word) => Has(word, StringComparison.OrdinalIgnoreCase);

    private readonly bool Has(string name, StringComparison comparison)
    {
        for (int from = _at; ; from++)
        {
            int found = _text[from..].IndexOf(name, comparison);
            if (found < 0)
            {
                return false;
            }

            from += found;
            int end = from + name.Length;
            if ((from == 0 || !IsName(_text[from - 1])) && (end == _text.Length || !IsName(_text[end])))
            {
                return true;
            }
        }
    }

    // Passes over a name of a table; whether it is the one.
    private bool IsTable()
    {
        string? first = Identifier();
        string? second = first is not null && TrySymbol('.') ? Identifier() : null;
        (string? database, string? name) = second is null ? (_database, first) : (first, second);
        return name is not null && _table.Is(database!, name, _names);
    }

    // Passes over a name of a database; whether it is that of the table.
    private bool IsDatabase() => Identifier() is { } database && database.Equals(_table.Database, _names);

    private string? Identifier()
    {
        SkipSpace();
        if (_at < _text.Length && _text[_at] is '`' or '"')
        {
            char quote = _text[_at++];
            var name = new StringBuilder();
            while (_at < _text.Length)
            {
                char c = _text[_at++];
                if (c == quote)
                {
                    if (_at >= _text.Length || _text[_at] != quote)
                    {
                        break;
                    }

                    _at++;
                }

                name.Append(c);
            }

            return name.ToString();
        }

        int start = _at;
        while (_at < _text.Length && IsName(_text[_at]))
        {
            _at++;
        }

        return _at > start ? _text[start.._at].ToString() : null;
    }

    // The next word in upper case; empty for what is none.
    private string Word()
    {
        SkipSpace();
        int start = _at;
        while (_at < _text.Length && IsName(_text[_at]))
        {
            _at++;
        }

        return _text[start.._at].ToString().ToUpperInvariant();
    }

    private bool Skip(string word)
    {
        int before = _at;
        if (Word() == word)
        {
            return true;
        }

        _at = before;
        return false;
    }

    private bool TrySymbol(char symbol)
    {
        SkipSpace();
        if (_at < _text.Length && _text[_at] == symbol)
        {
            _at++;
            return true;
        }

        return false;
    }

    // Comments are space, but for those that only some versions take for comments.
    private void SkipSpace()
    {
        while (_at < _text.Length)
        {
            ReadOnlySpan<char> rest = _text[_at..];
            if (char.IsWhiteSpace(rest[0]) || rest.StartsWith("*/"))
            {
                _at += rest[0] == '*' ? 2 : 1;
            }
            else if (rest.StartsWith("/*!") || rest.StartsWith("/*M!"))
            {
                _at += rest[2] == '!' ? 3 : 4;
                while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
                {
                    _at++;
                }
            }
            else if (rest.StartsWith("/*"))
            {
                int end = rest.IndexOf("*/");
                _at += end < 0 ? rest.Length : end + 2;
            }
            else if (rest[0] == '#' || rest.StartsWith("-- "))
            {
                int end = rest.IndexOf('\n');
                _at += end < 0 ? rest.Length : end + 1;
            }
            else
            {
                return;
            }
        }
    }

    private static bool IsName(char c) => char.IsLetterOrDigit(c) || c is '_' or '$' or >= '\u0080';
}

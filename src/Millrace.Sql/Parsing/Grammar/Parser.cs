using System.Runtime.CompilerServices;

namespace Millrace.Sql.Parsing;

/// <summary>
/// A statement's grammar by recursive descent; expressions by the power of their operators. The tokens of the whole statement lie
/// before it, so that a look ahead costs nothing, and no choice is tried twice.
/// </summary>
internal sealed partial class Parser
{
    private readonly SourceText _source;
    private readonly ErrorList _errors;
    private readonly Token[] _tokens;
    private readonly int _count;
    private readonly IReadOnlyList<Annotation> _annotations;
    private int _at;

    // How deep the text nests here, and how high the tree is that was read since it was set to zero (see Grow).
    private int _depth;
    private int _height;

    // What else could have stood at a token, said by the part of the grammar that ended there.
    private int _followAt = -1;
    private int _followCount;
    private readonly string[] _follows = new string[6];

    // Where a word was taken for an alias without AS: a misspelt keyword ends up there.
    private int _aliasAt = -1;

    public Parser(SourceText source, Lexer lexer, ErrorList errors)
    {
        _source = source;
        _errors = errors;
        _tokens = lexer.Buffer;
        _count = lexer.Tokens.Length;
        _annotations = lexer.Annotations.Count == 0 ? [] : [.. lexer.Annotations];
    }

    private ref readonly Token Current => ref _tokens[_at];

    private ref readonly Token Peek(int ahead) => ref _tokens[Math.Min(_at + ahead, _count - 1)];

    private ReadOnlySpan<char> TextOf(in Token token) => _source.Text.AsSpan(token.Start, token.End - token.Start);

    /// <summary>From a token to the last that was read.</summary>
    private TextSpan From(int token) => TextSpan.Cover(_tokens[token].Span, _tokens[Math.Max(_at - 1, token)].Span);

    private bool Is(TokenKind kind) => Current.Kind == kind;

    private bool Is(Keyword keyword) => Current.Keyword == keyword;

    private bool Is(Keyword first, Keyword second) => Current.Keyword == first && Peek(1).Keyword == second;

    private bool Try(TokenKind kind)
    {
        bool found = Current.Kind == kind;
        _at += found ? 1 : 0;
        return found;
    }

    private bool Try(Keyword keyword)
    {
        bool found = Current.Keyword == keyword;
        _at += found ? 1 : 0;
        return found;
    }

    private bool Try(Keyword first, Keyword second)
    {
        bool found = Is(first, second);
        _at += found ? 2 : 0;
        return found;
    }

    private void Expect(TokenKind kind, string text)
    {
        if (!Try(kind))
        {
            throw Unexpected(text);
        }
    }

    private void Expect(Keyword keyword)
    {
        if (!Try(keyword))
        {
            throw Unexpected(Keywords.Text(keyword), keyword);
        }
    }

    /// <summary>Says what could go on where the last part ended, for the message if nothing of the sort comes.</summary>
    private void Follows(string text)
    {
        if (_followAt != _at)
        {
            _followAt = _at;
            _followCount = 0;
        }

        if (_followCount < _follows.Length)
        {
            _follows[_followCount++] = text;
        }
    }

    private MillraceException Unexpected(string expected, params ReadOnlySpan<Keyword> wanted)
    {
        string[] follows = _followAt == _at ? [.. _follows.Take(_followCount).SelectMany(f => f.Split(", ")).Where(f => f != expected).Distinct()] : [];
        string all = follows.Length == 0 ? expected : $"{string.Join(", ", follows)} or {expected}";
        return ParsingErrors.Found(_source.Place(Current.Span), Describe(Current), all, Suggest(expected, wanted));
    }

    private string? Suggest(string expected, ReadOnlySpan<Keyword> wanted)
    {
        if (Current.Kind == TokenKind.DoubleEqual)
        {
            return "Equality is written =.";
        }

        if (Current.Kind == TokenKind.Word && Nearest(Current, wanted) is { } nearest)
        {
            return $"Did you mean {nearest}?";
        }

        if (_aliasAt >= 0 && _aliasAt == _at - 1 && Nearest(_tokens[_aliasAt], wanted) is { } meant)
        {
            return $"'{TextOf(_tokens[_aliasAt])}' was read as a name; did you mean {meant}?";
        }

        bool name = expected.StartsWith("a name", StringComparison.Ordinal) || expected.StartsWith("the name", StringComparison.Ordinal)
            || expected.StartsWith("a table", StringComparison.Ordinal) || expected == "an expression";
        return name && Keywords.IsReserved(Current.Keyword) && !BeginsClause() && Current.Keyword is not (Keyword.End or Keyword.And or Keyword.Or
            or Keyword.As or Keyword.On or Keyword.Then or Keyword.When or Keyword.Else or Keyword.Into or Keyword.Join)
            ? "A name that is spelled like a keyword stands in double quotes."
            : null;
    }

    // The keyword that a word is a slip of: one of those wanted, or any where none is in particular.
    private string? Nearest(in Token token, ReadOnlySpan<Keyword> wanted)
    {
        if (token.End - token.Start is < 2 or > 32 || (wanted.IsEmpty && token.Keyword != Keyword.None))
        {
            return null;
        }

        var candidates = new List<string>();
        foreach (Keyword keyword in wanted)
        {
            candidates.Add(Keywords.Text(keyword));
        }

        string word = TextOf(token).ToString();
        string? nearest = NearestName.Find(word, wanted.IsEmpty ? Keywords.All : candidates);
        return nearest is null || word.Equals(nearest, StringComparison.OrdinalIgnoreCase) || (word.Length <= 3 && !LeavesOut(word, nearest)) ? null : nearest;
    }

    // Of a word of few letters almost every other is near; it has to be the keyword without some of its letters.
    private static bool LeavesOut(string word, string keyword)
    {
        int matched = 0;
        foreach (char c in keyword)
        {
            matched += matched < word.Length && char.ToUpperInvariant(word[matched]) == c ? 1 : 0;
        }

        return matched == word.Length;
    }

    private string Describe(in Token token)
    {
        const int Longest = 40;
        if (token.Kind == TokenKind.End)
        {
            return token.Start == token.End ? "the end of the text" : "';'";
        }

        ReadOnlySpan<char> text = TextOf(token);
        string shown = text.Length <= Longest ? text.ToString() : $"{text[..(Longest - (char.IsHighSurrogate(text[Longest - 1]) ? 1 : 0))]}…";
        return shown[0] is '\'' or '"' or '`' ? shown : $"'{shown}'";
    }

    /// <summary>Goes one level down in the text; the caller comes up again with <c>_depth--</c>.</summary>
    private void Descend()
    {
        if (++_depth > SqlParser.MaxDepth)
        {
            throw ParsingErrors.Nests(_source.Place(Current.Span), SqlParser.MaxDepth);
        }

        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw ParsingErrors.Stack(_source.Place(Current.Span));
        }
    }

    /// <summary>Counts a node above the highest of its parts. Whoever goes through the tree may then recurse.</summary>
    private void Grow()
    {
        if (++_height > SqlParser.MaxDepth)
        {
            throw ParsingErrors.Nests(_source.Place(_tokens[Math.Max(_at - 1, 0)].Span), SqlParser.MaxDepth);
        }
    }
}

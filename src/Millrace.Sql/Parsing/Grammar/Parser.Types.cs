using System.Text;
using Millrace.Columnar;

namespace Millrace.Sql.Parsing;

// Types: their grammar here, their meaning in DataType.Parse. SQL's longer spellings become the names that it knows.
internal sealed partial class Parser
{
    private static readonly HashSet<string> TypeNames = new(
        TypeTable.All.SelectMany(t => t.Aliases.Append(t.SqlName)).Concat(["character"]), StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> TypeNameLookup = TypeNames.GetAlternateLookup<ReadOnlySpan<char>>();

    private bool IsTypeName(in Token token) => token.Kind == TokenKind.Word && TypeNameLookup.Contains(TextOf(token));

    private TypeSyntax ParseType()
    {
        int start = _at;
        var text = new StringBuilder();
        AppendType(text, 0);
        return new TypeSyntax(text.ToString()) { Span = From(start) };
    }

    // A `>>` that closes two types is two tokens here: the first half is taken by moving the token's start.
    private bool TryCloseAngle()
    {
        if (Try(TokenKind.Greater))
        {
            return true;
        }

        if (!Is(TokenKind.ShiftRight))
        {
            return false;
        }

        ref Token token = ref _tokens[_at];
        token.Kind = TokenKind.Greater;
        token.Start++;
        return true;
    }

    private void AppendType(StringBuilder text, int depth)
    {
        if (depth > TypeName.MaxDepth)
        {
            throw ParsingErrors.Nests(_source.Place(Current.Span), TypeName.MaxDepth);
        }

        if (!Is(TokenKind.Word) || (Keywords.IsReserved(Current.Keyword) && !Is(Keyword.Array)))
        {
            throw Unexpected("a type");
        }

        int begin = text.Length;
        AppendWord(text);
        AppendParameters(text, depth);
        AppendZone(text, begin);
        while (Is(TokenKind.OpenBracket) || (Is(Keyword.Array) && Peek(1).Kind is not TokenKind.Less))
        {
            _at++;
            if (_tokens[_at - 1].Kind == TokenKind.OpenBracket)
            {
                Expect(TokenKind.CloseBracket, "']'");
            }

            if (++depth > TypeName.MaxDepth)
            {
                throw ParsingErrors.Nests(_source.Place(Current.Span), TypeName.MaxDepth);
            }

            text.Insert(begin, "array<").Append('>');
        }
    }

    private void AppendWord(StringBuilder text)
    {
        ReadOnlySpan<char> word = TextOf(Current);
        if (word.Equals("character", StringComparison.OrdinalIgnoreCase))
        {
            text.Append(Peek(1).Keyword == Keyword.Varying ? "varchar" : "char");
            _at += Peek(1).Keyword == Keyword.Varying ? 2 : 1;
            return;
        }

        text.Append(word);
        _at++;
        if (word.Equals("double", StringComparison.OrdinalIgnoreCase))
        {
            Try(Keyword.Precision);
        }
    }

    private void AppendParameters(StringBuilder text, int depth)
    {
        if (Is(TokenKind.OpenParen) && Peek(1).Kind == TokenKind.Integer)
        {
            do
            {
                _at++;
                text.Append(Is(TokenKind.Integer) && _tokens[_at - 1].Kind == TokenKind.OpenParen ? '(' : ',');
                text.Append(Is(TokenKind.Integer) ? ReadDigits() : throw Unexpected("a number"));
                _at++;
            }
            while (Is(TokenKind.Comma));
            Expect(TokenKind.CloseParen, "',' or ')'");
            text.Append(')');
        }
        else if (Is(TokenKind.Less) || (Is(TokenKind.OpenParen) && Peek(-1).Keyword is Keyword.Struct or Keyword.Row or Keyword.Map))
        {
            bool angle = Is(TokenKind.Less);
            bool fields = Peek(-1).Keyword is Keyword.Struct or Keyword.Row || TextOf(Peek(-1)).Equals("object", StringComparison.OrdinalIgnoreCase);
            _at++;
            text.Append('<');
            bool empty = fields && Current.Kind is TokenKind.Greater or TokenKind.CloseParen;
            for (bool more = !empty; more; more = Try(TokenKind.Comma))
            {
                text.Append(text[^1] == '<' ? "" : ", ");
                AppendPart(text, fields, depth + 1);
            }

            if (angle ? !TryCloseAngle() : !Try(TokenKind.CloseParen))
            {
                throw Unexpected(angle ? "',' or '>'" : "',' or ')'");
            }

            text.Append('>');
        }
        else if (Is(TokenKind.NotEqual) && TextOf(Current).SequenceEqual("<>"))
        {
            _at++;
            text.Append("<>");
        }
    }

    private void AppendPart(StringBuilder text, bool field, int depth)
    {
        if (field)
        {
            Identifier name = ParseAnyName("the name of a field");
            text.Append(name.Quoted ? $"\"{name.Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\" " : $"{name.Text} ");
            Try(TokenKind.Colon);
        }

        AppendType(text, depth);
        if (Is(Keyword.Not))
        {
            _at++;
            Expect(Keyword.Null);
            text.Append(" not null");
        }
    }

    // TIMESTAMP(3) WITH TIME ZONE is timestamptz(3).
    private void AppendZone(StringBuilder text, int begin)
    {
        if (Current.Keyword is Keyword.With or Keyword.Without && Peek(1).Keyword == Keyword.Time && Peek(2).Keyword == Keyword.Zone)
        {
            bool with = Is(Keyword.With);
            const string Plain = "timestamp";
            if (with && !text.ToString(begin, Math.Min(Plain.Length, text.Length - begin)).Equals(Plain, StringComparison.OrdinalIgnoreCase))
            {
                throw Unexpected("a type that has a time zone in front of it");
            }

            _at += 3;
            text.Insert(with ? begin + Plain.Length : begin, with ? "tz" : "");
        }
        else if (Is(TokenKind.OpenBracket) && Peek(1).Kind == TokenKind.Word && text.ToString(begin, text.Length - begin).StartsWith("timestamptz", StringComparison.OrdinalIgnoreCase))
        {
            AppendZoneName(text);
        }
    }

    // timestamptz[Europe/Paris]: the zone is what stands in the brackets.
    private void AppendZoneName(StringBuilder text)
    {
        int open = Current.Start;
        while (!Is(TokenKind.CloseBracket))
        {
            _at = Is(TokenKind.End) ? throw Unexpected("']'") : _at + 1;
        }

        text.Append(_source.Text, open, Current.End - open);
        _at++;
    }
}

using System.Globalization;

namespace Millrace.Sql.Parsing;

// Space, comments with their annotations, and which characters names are made of.
internal sealed partial class Lexer
{
    /// <summary>Whether a character can begin a name without quotes.</summary>
    public static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_' || (c >= 0x80 && char.IsLetter(c));

    /// <summary>Whether a character can stand in a name without quotes.</summary>
    public static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' || (c >= 0x80 && IsWordPart(c));

    private static bool IsWordPart(char c)
        => char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsSpace(char c) => c <= ' ' ? c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v' : c >= 0x80 && (char.IsWhiteSpace(c) || c == '\ufeff');

    // False at the end of the text.
    private bool SkipSpace()
    {
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (IsSpace(c))
            {
                _at++;
            }
            else if (c == '-' && Peek(1) == '-')
            {
                SkipLine();
            }
            else if (c == '/' && Peek(1) == '*')
            {
                SkipBlock();
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private void SkipLine()
    {
        int start = _at;
        int length = _text.AsSpan(_at).IndexOfAny('\n', '\r');
        _at = length < 0 ? _text.Length : _at + length;
        if (_count == 0)
        {
            ReadAnnotation(start, _text.AsSpan(start, _at - start));
        }
    }

    // Block comments nest, as in PostgreSQL.
    private void SkipBlock()
    {
        int start = _at;
        int depth = 0;
        while (_at < _text.Length)
        {
            if (_text[_at] == '/' && Peek(1) == '*')
            {
                depth++;
                _at += 2;
            }
            else if (_text[_at] == '*' && Peek(1) == '/')
            {
                depth--;
                _at += 2;
                if (depth == 0)
                {
                    return;
                }
            }
            else
            {
                _at++;
            }
        }

        errors.Add(ParsingErrors.NoEnd(source.Place(new TextSpan(start, 2)), "The comment"));
    }

    // `-- @name: value`: names have letters, digits, dots, dashes and underscores. What goes on without a colon is a comment, unless
    // the name is known: then the colon was forgotten.
    private void ReadAnnotation(int start, ReadOnlySpan<char> comment)
    {
        ReadOnlySpan<char> text = comment[2..].Trim();
        if (text.Length < 2 || text[0] != '@' || !IsNameStart(text[1]))
        {
            return;
        }

        text = text[1..];
        int end = 1;
        while (end < text.Length && (IsNamePart(text[end]) || text[end] is '.' or '-'))
        {
            end++;
        }

        ReadOnlySpan<char> rest = text[end..].TrimStart();
        if (rest.Length == 0 || rest[0] == ':')
        {
            ReadOnlySpan<char> value = rest.Length == 0 ? [] : rest[1..].Trim();
            int at = start + comment.TrimEnd().Length - value.Length;
            Annotations.Add(new Annotation(text[..end].ToString(), value.ToString()) { Span = new TextSpan(start, comment.Length), ValueSpan = new TextSpan(at, value.Length) });
        }
        else if (AnnotationReader.Knows(text[..end].ToString()))
        {
            errors.Add(ParsingErrors.Annotated(source.Place(new TextSpan(start, comment.Length)), $"The annotation '@{text[..end]}' has no colon; write `-- @{text[..end]}: {rest}`.", null));
        }
    }
}

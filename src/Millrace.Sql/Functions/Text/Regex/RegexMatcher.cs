using System.Text;
using System.Text.RegularExpressions;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>How the patterns of a function are read.</summary>
internal enum RegexKind
{
    /// <summary>A regular expression.</summary>
    Plain,

    /// <summary>A pattern of SIMILAR TO.</summary>
    Similar,
}

/// <summary>
/// The regular expression of a call: compiled when pattern or flags differ from those of the row before, for .NET's engine
/// without backtracking, whose time grows with the text only, unless the pattern is one for which backtracking does not
/// either. Turns rows into UTF-16 in memory that is used again. One thread uses it.
/// </summary>
internal sealed class RegexMatcher(RegexKind kind = RegexKind.Plain)
{
    // Patterns that come from a column tend to come again.
    private const int MaxCached = 64;

    private readonly Dictionary<(string Pattern, string Flags), (Regex? Regex, string? Problem, bool Global)> _cache = [];
    private byte[] _pattern = [];
    private byte[] _flags = [];
    private char[] _text = [];
    private bool _prepared;
    private string? _problem;

    public Regex Regex { get; private set; } = null!;

    /// <summary>Groups of the pattern, the whole match among them.</summary>
    public int Groups { get; private set; }

    /// <summary>Whether the last text that was looked at for groups had a match, so that the next may have one.</summary>
    public bool ExpectsMatch { get; set; }

    /// <summary>Whether the flag <c>g</c> was given.</summary>
    public bool Global { get; private set; }

    /// <summary>Makes a pattern the one to match with; says what is wrong with it.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="flags">Letters: i, c, s, n (or m), x, g; for SIMILAR TO the escape character.</param>
    /// <param name="timeout">Longest that a match may take.</param>
    public string? Prepare(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> flags, TimeSpan timeout)
    {
        if (!_prepared || !pattern.SequenceEqual(_pattern) || !flags.SequenceEqual(_flags))
        {
            (_pattern, _flags, _prepared) = (pattern.ToArray(), flags.ToArray(), true);
            (string Pattern, string Flags) key = (Encoding.UTF8.GetString(pattern), Encoding.UTF8.GetString(flags));
            if (!_cache.TryGetValue(key, out (Regex? Regex, string? Problem, bool Global) entry))
            {
                if (_cache.Count == MaxCached)
                {
                    _cache.Clear();
                }

                entry = Compile(key.Pattern, key.Flags, timeout);
                _cache.Add(key, entry);
            }

            (Regex, _problem, Global) = (entry.Regex!, entry.Problem, entry.Global);
            Groups = entry.Regex?.GetGroupNumbers().Length ?? 0;
        }

        return _problem;
    }

    /// <summary>A text as UTF-16. Dead after the next call.</summary>
    public ReadOnlySpan<char> Decode(ReadOnlySpan<byte> text)
    {
        if (_text.Length < text.Length)
        {
            _text = new char[Math.Max(text.Length, Math.Min(_text.Length * 2L, Array.MaxLength))];
        }

        return _text.AsSpan(0, Encoding.UTF8.GetChars(text, _text));
    }

    /// <summary>Appends UTF-16 as a row.</summary>
    public static void Append(ReadOnlySpan<char> text, BinaryBuilder result)
        => result.Commit(Encoding.UTF8.GetBytes(text, result.GetSpan(checked(text.Length * 3))));

    private (Regex? Regex, string? Problem, bool Global) Compile(string pattern, string flags, TimeSpan timeout)
    {
        try
        {
            var options = RegexOptions.CultureInvariant;
            bool global = false;
            bool lines = false;
            if (kind == RegexKind.Plain)
            {
                (options, global, lines) = ReadFlags(flags, options);
            }

            options |= lines ? RegexOptions.Multiline : RegexOptions.Singleline;
            string translated = kind == RegexKind.Similar ? RegexSyntax.FromSimilar(pattern, flags) : RegexSyntax.Translate(pattern, lines);
            bool plain = !options.HasFlag(RegexOptions.IgnorePatternWhitespace) && PlainPatterns.Fit(translated);
            options |= plain ? 0 : RegexOptions.NonBacktracking;

            // Looking at the clock takes a part of the time of a short match; plain patterns end by themselves.
            return (new Regex(translated, options, plain ? Regex.InfiniteMatchTimeout : timeout), null, global);
        }
        catch (RegexParseException e)
        {
            return (null, $"The pattern {Shorten(pattern)} is not valid: {Reason(e)}.", false);
        }
        catch (Exception e) when (e is FormatException or NotSupportedException)
        {
            return (null, $"The pattern {Shorten(pattern)} is not valid: {e.Message}", false);
        }
    }

    private static string Shorten(string pattern) => FunctionErrors.Show(Encoding.UTF8.GetBytes(pattern));

    // The engine's own message names the translated pattern, which the user has not written.
    private static string Reason(RegexParseException e) => e.Error switch
    {
        RegexParseError.InsufficientClosingParentheses => "a ) is missing",
        RegexParseError.InsufficientOpeningParentheses => "a ) has no (",
        RegexParseError.QuantifierAfterNothing => "a quantifier stands after nothing",
        RegexParseError.NestedQuantifiersNotParenthesized => "two quantifiers follow each other",
        RegexParseError.ReversedQuantifierRange or RegexParseError.ReversedCharacterRange => "a range is reversed",
        RegexParseError.UnterminatedBracket => "a ] is missing",
        _ => $"{e.Error} at character {e.Offset}",
    };

    private static (RegexOptions Options, bool Global, bool Lines) ReadFlags(string flags, RegexOptions options)
    {
        bool global = false;
        bool lines = false;
        foreach (char flag in flags)
        {
            switch (flag)
            {
                case 'i':
                    options |= RegexOptions.IgnoreCase;
                    break;
                case 'c':
                    options &= ~RegexOptions.IgnoreCase;
                    break;
                case 'x':
                    options |= RegexOptions.IgnorePatternWhitespace;
                    break;
                case 'n' or 'm':
                    lines = true;
                    break;
                case 's':
                    lines = false;
                    break;
                case 'g':
                    global = true;
                    break;
                default:
                    throw new FormatException($"the flag '{flag}' is not known; there are i, c, s, n, m, x and g.");
            }
        }

        return (options, global, lines);
    }
}

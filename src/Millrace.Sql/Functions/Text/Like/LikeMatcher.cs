namespace Millrace.Sql.Functions;

/// <summary>Keeps the pattern of the rows before, and folds case where that is asked for. One thread uses it.</summary>
internal sealed class LikeMatcher(bool ignoreCase)
{
    private readonly LikePattern _pattern = new();
    private byte[] _source = [];
    private byte[] _escape = [];
    private byte[] _folded = [];
    private bool _prepared;
    private string? _problem;

    /// <summary>Makes a pattern the one to match with; says what is wrong with it.</summary>
    public string? Prepare(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> escape)
    {
        if (!_prepared || !pattern.SequenceEqual(_source) || !escape.SequenceEqual(_escape))
        {
            (_source, _escape, _prepared) = (pattern.ToArray(), escape.ToArray(), true);
            _problem = PrepareAnew(pattern, escape);
        }

        return _problem;
    }

    public bool Matches(ReadOnlySpan<byte> text) => _pattern.Matches(ignoreCase ? Fold(text) : text);

    private string? PrepareAnew(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> escape)
    {
        if (escape.Length > 0 && Utf8Text.Next(escape, 0) != escape.Length)
        {
            return $"ESCAPE takes one character or none, not {FunctionErrors.Show(escape)}.";
        }

        if (ignoreCase)
        {
            byte[] lower = new byte[Casing.MaxLength(pattern.Length)];
            int length = Casing.ToLower(pattern, lower);
            byte[] lowerEscape = new byte[Casing.MaxLength(escape.Length)];
            int escapeLength = Casing.ToLower(escape, lowerEscape);
            return _pattern.TryPrepare(lower.AsSpan(0, length), lowerEscape.AsSpan(0, escapeLength)) ? null : EndsWithEscape(pattern);
        }

        return _pattern.TryPrepare(pattern, escape) ? null : EndsWithEscape(pattern);
    }

    private static string EndsWithEscape(ReadOnlySpan<byte> pattern)
        => $"The pattern {FunctionErrors.Show(pattern)} ends with the escape character; a character must follow it.";

    private ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> text)
    {
        int most = Casing.MaxLength(text.Length);
        if (_folded.Length < most)
        {
            _folded = new byte[Math.Max(most, Math.Min(_folded.Length * 2L, Array.MaxLength))];
        }

        return _folded.AsSpan(0, Casing.ToLower(text, _folded));
    }
}

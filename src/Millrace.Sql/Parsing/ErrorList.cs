namespace Millrace.Sql.Parsing;

/// <summary>The errors of a text, in the order of finding; told together at the end.</summary>
internal sealed class ErrorList(SourceText source)
{
    /// <summary>Errors after which reading stops: more would not be read.</summary>
    private const int Max = 20;

    private readonly List<MillraceException> _errors = [];

    public int Count => _errors.Count;

    public ErrorPlace Place(TextSpan span) => source.Place(span);

    /// <summary>Keeps an error; throws all of them once they are many.</summary>
    public void Add(MillraceException error)
    {
        _errors.Add(error);
        if (_errors.Count == Max)
        {
            throw new TooManyErrorsException();
        }
    }

    /// <summary>Throws the first error in the text, if there is one; where there are several, it has all of them as related.</summary>
    public void ThrowIfAny()
    {
        if (_errors.Count == 0)
        {
            return;
        }

        MillraceException[] ordered = [.. _errors.OrderBy(e => e.Place?.Line).ThenBy(e => e.Place?.Column)];
        MillraceException first = ordered[0];
        throw new MillraceException(first.Code, first.Message, first.Place, first.Hint, first) { Related = ordered.Length == 1 ? [] : ordered };
    }
}

/// <summary>Ends the reading of a text that is mostly wrong. Never leaves the parser.</summary>
internal sealed class TooManyErrorsException : Exception;

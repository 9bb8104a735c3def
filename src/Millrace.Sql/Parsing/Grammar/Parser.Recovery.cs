namespace Millrace.Sql.Parsing;

// Going on after an error, so that a statement's errors are told together: a clause that is wrong is left out up to the next one.
internal sealed partial class Parser
{
    private readonly record struct Mark(int At, int Depth, int Height);

    private Mark Here => new(_at, _depth, _height);

    private static bool CanRecover(MillraceException error) => error.Code != ParsingErrors.TooDeep;

    /// <summary>Keeps the error of a clause and goes to where the next may begin: a clause keyword, or what closes the query.</summary>
    private void Recover(MillraceException error, Mark mark)
    {
        _errors.Add(error);
        int reached = _at;
        (_at, _depth, _height) = mark;
        while (Current.Kind is not TokenKind.End)
        {
            if (Current.Kind == TokenKind.OpenParen && Current.Match > 0)
            {
                _at = Current.Match + 1;
                continue;
            }

            if (Current.Kind == TokenKind.CloseParen && _at >= reached)
            {
                return;
            }

            if (_at > mark.At && _at >= reached && BeginsClause())
            {
                return;
            }

            _at++;
        }
    }

    private bool BeginsClause() => Current.Keyword switch
    {
        Keyword.From => _at == 0 || Peek(-1).Keyword != Keyword.Distinct,
        Keyword.Where or Keyword.Having or Keyword.Qualify or Keyword.Window or Keyword.Limit or Keyword.Offset or Keyword.Fetch
            or Keyword.Union or Keyword.Intersect or Keyword.Except => true,
        Keyword.Group or Keyword.Order => Peek(1).Keyword == Keyword.By,
        _ => false,
    };
}

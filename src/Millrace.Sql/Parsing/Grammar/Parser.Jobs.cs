namespace Millrace.Sql.Parsing;

// What is asked of jobs on a server.
internal sealed partial class Parser
{
    private JobStatement ParseJob()
    {
        JobAction action = Current.Keyword switch
        {
            Keyword.Start => JobAction.Start,
            Keyword.Stop => JobAction.Stop,
            Keyword.Pause => JobAction.Pause,
            Keyword.Resume => JobAction.Resume,
            Keyword.Deploy => JobAction.Deploy,
            _ => JobAction.Rollback,
        };
        _at++;
        Expect(Keyword.Job);
        var job = new JobStatement(action, ParseName("the name of a job"));
        switch (action)
        {
            case JobAction.Start:
                Expect(Keyword.As);
                return job with { Body = ParseBodyStatement() };
            case JobAction.Stop:
                return job with { Force = Try(Keyword.Force) };
            case JobAction.Deploy:
                Expect(Keyword.Version);
                return ParseDeployment(job with { Version = ReadString("a version in quotes") });
            case JobAction.Rollback:
                Try(Keyword.To);
                return Try(Keyword.Version) ? job with { Version = ReadString("a version in quotes") } : job;
            default:
                return job;
        }
    }

    // The strategy stands before AS or at the end.
    private JobStatement ParseDeployment(JobStatement job)
    {
        job = ParseStrategy(job);
        Expect(Keyword.As);
        job = job with { Body = ParseBodyStatement() };
        return job.Strategy is null ? ParseStrategy(job) : job;
    }

    private StatementSyntax ParseBodyStatement()
        => BeginsQuery() || Current.Keyword is Keyword.Insert or Keyword.Create ? ParseStatement(explained: true) : throw Unexpected("a query, INSERT or CREATE");

    private JobStatement ParseStrategy(JobStatement job)
    {
        if (!Try(Keyword.Strategy))
        {
            return job;
        }

        string name = Is(TokenKind.Word) ? TextOf(Current).ToString().ToUpperInvariant() : "";
        if (name is not ("BLUE_GREEN" or "CANARY" or "ROLLING" or "REPLACE"))
        {
            throw Unexpected("BLUE_GREEN, CANARY(per cent), ROLLING or REPLACE");
        }

        _at++;
        int? percent = null;
        if (name == "CANARY")
        {
            Expect(TokenKind.OpenParen, "'(' and a number of per cent");
            percent = (int)ParseCount("a number of per cent", 100);
            Try(TokenKind.Percent);
            Expect(TokenKind.CloseParen, "')'");
        }

        return job with { Strategy = name, CanaryPercent = percent };
    }
}

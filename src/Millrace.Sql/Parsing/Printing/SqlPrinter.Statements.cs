using System.Globalization;

namespace Millrace.Sql.Parsing;

// Statements.
public sealed partial class SqlPrinter
{
    private void Statement(StatementSyntax statement)
    {
        switch (statement)
        {
            case QueryStatement query:
                Query(query.Query);
                break;
            case ExplainStatement explain:
                Add(explain.Mode switch { ExplainMode.Analyze => "EXPLAIN ANALYZE ", ExplainMode.Watermark => "EXPLAIN WATERMARK ", _ => "EXPLAIN " });
                Statement(explain.Statement);
                break;
            case CreateStatement create:
                Create(create);
                break;
            case DropStatement drop:
                Add("DROP ", drop.Kind.ToString().ToUpperInvariant(), drop.IfExists ? " IF EXISTS " : " ").Name(drop.Name);
                break;
            case InsertStatement insert:
                Insert(insert);
                break;
            case ShowStatement show:
                Show(show);
                break;
            case DescribeStatement describe:
                Add("DESCRIBE ");
                Query(describe.Query);
                break;
            case DescribeFunctionStatement function:
                Add("DESCRIBE FUNCTION ");
                AnyName(function.Name);
                break;
            case LoadStatement load:
                Add("LOAD ").Text(load.Path);
                break;
            case SetStatement set:
                Add("SET ");
                SettingName(set.Name);
                Add(" = ").Text(set.Value);
                break;
            case JobStatement job:
                Job(job);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"The printer does not know {statement.GetType().Name}.");
        }
    }

    private void Create(CreateStatement create)
    {
        Add(create.OrReplace ? "CREATE OR REPLACE " : "CREATE ", create.Kind.ToString().ToUpperInvariant(), create.IfNotExists ? " IF NOT EXISTS " : " ").Name(create.Name);
        if (create.Columns.Count > 0 || create.PrimaryKey.Count > 0 || create.Watermark is not null)
        {
            Definitions(create);
        }

        // The options of a view's query have no place before it.
        bool behind = create.Kind == ObjectKind.View;
        if (create.Options.Count > 0 && !behind)
        {
            Add(" ");
            Options(create.Options);
        }

        if (create.Query is not null)
        {
            Add(" AS ");
            Query(behind ? create.Query with { Options = create.Options } : create.Query);
        }
    }

    private void Definitions(CreateStatement create)
    {
        Add(" (");
        List(create.Columns, Column);
        if (create.PrimaryKey.Count > 0)
        {
            Add(create.Columns.Count > 0 ? ", " : "", "PRIMARY KEY ").InParentheses(create.PrimaryKey, Name);
        }

        if (create.Watermark is { } watermark)
        {
            Add(create.Columns.Count + create.PrimaryKey.Count > 0 ? ", " : "", "WATERMARK FOR ");
            Name(watermark.Column);
            Clause(" AS ", watermark.Expression);
        }

        Add(")");
    }

    private void Insert(InsertStatement insert)
    {
        Add("INSERT INTO ");
        if (insert.Location is not null)
        {
            Text(insert.Location);
        }
        else
        {
            Name(insert.Name!);
        }

        if (insert.Columns.Count > 0)
        {
            Add(" ").InParentheses(insert.Columns, Name);
        }

        Add(" ");
        if (insert.Options.Count > 0)
        {
            Options(insert.Options);
            Add(" ");
        }

        Query(insert.Query);
    }

    private void Show(ShowStatement show)
    {
        Add("SHOW ", show.Kind == ShowKind.TimeZone ? "TIME ZONE" : show.Kind.ToString().ToUpperInvariant());
        if (show.Name is not null)
        {
            Add(" ").Name(show.Name);
        }

        if (show.Like is not null)
        {
            Add(" LIKE ").Text(show.Like);
        }
    }

    // A setting's name has dots of its own; where its parts are not plain it stands in quotes as a whole.
    private void SettingName(string name) => Add(name.Split('.').All(IsPlain) ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");

    private void Job(JobStatement job)
    {
        Add(job.Action.ToString().ToUpperInvariant(), " JOB ");
        Name(job.Name);
        Add(job.Force ? " FORCE" : "");
        if (job.Version is not null)
        {
            Add(" VERSION ").Text(job.Version);
        }

        if (job.Strategy is not null)
        {
            Add(" STRATEGY ", job.Strategy, job.CanaryPercent is { } percent ? $"({percent.ToString(CultureInfo.InvariantCulture)})" : "");
        }

        if (job.Body is not null)
        {
            Add(" AS ");
            Statement(job.Body);
        }
    }
}

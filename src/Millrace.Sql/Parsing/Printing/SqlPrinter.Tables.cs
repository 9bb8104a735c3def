namespace Millrace.Sql.Parsing;

// What stands behind FROM.
public sealed partial class SqlPrinter
{
    private void Table(TableSyntax table)
    {
        EnsureStack();
        if (table is JoinTable join)
        {
            Add(join.Alias is null ? "" : "(");
            Join(join);
            Add(join.Alias is null ? "" : ")");
        }
        else
        {
            Source(table);
        }

        if (table.Version is { } version)
        {
            Clause(version.IsTime ? " FOR TIMESTAMP AS OF " : " FOR VERSION AS OF ", version.Value);
        }

        if (table.Alias is not null)
        {
            Add(" AS ");
            Name(table.Alias);
            if (table.ColumnAliases.Count > 0)
            {
                Add(" ").InParentheses(table.ColumnAliases, Name);
            }
        }
    }

    private void Source(TableSyntax table)
    {
        switch (table)
        {
            case NamedTable named:
                Name(named.Name);
                Clause(" FOR SYSTEM_TIME AS OF ", named.AsOf);
                break;
            case FileTable file:
                Text(file.Location);
                if (file.Columns.Count > 0)
                {
                    Add(" ").InParentheses(file.Columns, Column);
                }

                if (file.Options.Count > 0)
                {
                    Add(" ");
                    Options(file.Options);
                }

                break;
            case FunctionTable function:
                Function(function);
                break;
            case WindowTable window:
                WindowFunction(window);
                break;
            case GapFillTable gaps:
                GapFill(gaps);
                break;
            case SubqueryTable query:
                Add(query.Lateral ? "LATERAL (" : "(");
                Query(query.Query);
                Add(")");
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"The printer does not know {table.GetType().Name}.");
        }
    }

    private void Function(FunctionTable function)
    {
        Add(function.Lateral ? "LATERAL " : "").Name(function.Name).Add("(");
        List(function.Arguments, Expression);
        Add(function.Arguments.Count > 0 && function.NamedArguments.Count > 0 ? ", " : "");
        List(function.NamedArguments, argument =>
        {
            AnyName(argument.Name);
            Add(" => ");
            Expression(argument.Value);
        });
        Add(function.WithOrdinality ? ") WITH ORDINALITY" : ")");
    }

    private void WindowFunction(WindowTable window) => TimeFunction(window.Kind.ToString().ToUpperInvariant(), window.Input, window.PartitionBy, window.Time, window.Sizes);

    private void GapFill(GapFillTable gaps) => TimeFunction("GAP_FILL", gaps.Input, gaps.PartitionBy, gaps.Time, [gaps.Step]);

    private void TimeFunction(string name, TableSyntax input, IReadOnlyList<ExpressionSyntax> partition, Identifier time, IReadOnlyList<ExpressionSyntax> sizes)
    {
        Add(name, "(TABLE ");
        Source(input);
        if (partition.Count > 0)
        {
            Add(" PARTITION BY ").InParentheses(partition, Expression);
        }

        Add(", DESCRIPTOR(");
        Name(time);
        Add(")");
        foreach (ExpressionSyntax size in sizes)
        {
            Add(", ");
            Expression(size);
        }

        Add(")");
    }

    private void Join(JoinTable join)
    {
        Table(join.Left);
        Add(join.Natural ? " NATURAL" : "", join.Kind switch
        {
            JoinKind.Inner => " JOIN ",
            JoinKind.AsOf => " ASOF JOIN ",
            JoinKind.AsOfLeft => " ASOF LEFT JOIN ",
            _ => $" {join.Kind.ToString().ToUpperInvariant()} JOIN ",
        });

        // A join on the right side is one of its own.
        bool nested = join.Right is JoinTable { Alias: null };
        Add(nested ? "(" : "");
        Table(join.Right);
        Add(nested ? ")" : "");
        Clause(" ON ", join.On);
        if (join.Using.Count > 0)
        {
            Add(" USING ").InParentheses(join.Using, Name);
        }

        if (join.Within is { } within)
        {
            Add(" WITHIN ");
            Interval(within);
        }
    }

    private void Column(ColumnDefinition column)
    {
        Name(column.Name);
        Add(" ", column.Type.Text, column.NotNull ? " NOT NULL" : "", column.PrimaryKey ? " PRIMARY KEY" : "");
        if (column.From is not null)
        {
            Add(" FROM ").Text(column.From);
        }
    }

    private void Options(IReadOnlyList<OptionSyntax> options)
        => Add("WITH ").InParentheses(options, option => Text(option.Name).Add(" = ").Text(option.Value));
}

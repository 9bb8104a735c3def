using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Parsing;

/// <summary>Makes trees of every kind of node, of the shapes that text can have.</summary>
internal sealed class RandomTrees(int seed)
{
    private static readonly string[] Words = ["a", "b", "orders", "Größe", "_key", "value", "date", "rows", "position", "map", "filter", "over", "x1", "c$"];
    private static readonly string[] Quoted = ["a b", "select", "x\"y", "'", "É", "1a", "", "--"];
    private static readonly string[] Texts = ["", "it's", "a\nb", "\\", "--", "/*", "${X}", "\u00e9\ud83d\ude00", "'';", "%_"];
    private static readonly string[] Types = ["int", "decimal(12,2)", "array<map<text, int>>", "struct<a int not null, \"b c\" text>", "timestamptz(3)", "double", "varchar(10)"];
    private readonly Random _random = new(seed);

    public StatementSyntax Statement()
    {
        StatementSyntax statement = Pick(10) switch
        {
            0 => new ExplainStatement((ExplainMode)Pick(3), new QueryStatement(Query(2))),
            1 => new CreateStatement(ObjectKind.Stream, Name()) { OrReplace = Flip(), Columns = Some(Column, 1), PrimaryKey = Some(Identifier), Watermark = Flip() ? new WatermarkDefinition(Identifier(), Expression(2)) : null, Options = Options(), Query = Flip() ? Query(2) : null },
            2 => new CreateStatement(ObjectKind.View, Name()) { IfNotExists = Flip(), Options = Options(), Query = Query(2) },
            3 => new InsertStatement(Name(), null, Some(Identifier), Query(2)) { Options = Options() },
            4 => new InsertStatement(null, Text(), [], Query(2)),
            5 => new SetStatement("a.b", Text()),
            6 => new JobStatement(JobAction.Deploy, Identifier()) { Version = Text(), Strategy = "CANARY", CanaryPercent = Pick(101), Body = new QueryStatement(Query(2)) },
            7 => new DropStatement((ObjectKind)Pick(4), Name(), Flip()),
            _ => new QueryStatement(Query(3)),
        };
        return statement with { Annotations = Flip() ? [] : [new Annotation("name", "a: b"), new Annotation("metric", "m"), new Annotation("metric_condition", "a > 1 -- b")] };
    }

    public ExpressionSyntax Expression(int depth)
    {
        int next = depth - 1;
        ExpressionSyntax E() => Expression(next);
        ExpressionSyntax? Maybe() => Flip() ? E() : null;
        return depth <= 0 ? Leaf() : Pick(24) switch
        {
            0 or 1 or 2 or 3 or 4 => new BinarySyntax((BinaryOperator)Pick(26), E(), E()),
            5 or 6 => new UnarySyntax((UnaryOperator)Pick(4), E()),
            7 => new IsSyntax(E(), (IsTest)Pick(4), Flip()),
            8 => new DistinctFromSyntax(E(), E(), Flip()),
            9 => new BetweenSyntax(E(), E(), E(), Flip(), Flip()),
            10 => new InListSyntax(E(), Some(E, 2), Flip()),
            11 => new InQuerySyntax(E(), Query(next), Flip()),
            12 => Flip() ? new ExistsSyntax(Query(next)) : new ScalarQuerySyntax(Query(next)),
            13 => new QuantifiedSyntax(E(), Comparison(), Flip(), Query(next), null),
            14 => new LikeSyntax((LikeKind)Pick(3), E(), E(), Maybe(), Flip()),
            15 => new CaseSyntax(Maybe(), Some(() => new CaseBranch(E(), E()), 1), Maybe()),
            16 => new CastSyntax(E(), new TypeSyntax(Any(Types)), Flip()),
            17 => Call(next),
            18 => new ArraySyntax(Some(E)),
            19 => Map(next),
            20 => new StructSyntax(Some(() => new SelectItem(E(), Flip() ? AnyIdentifier() : null))),
            21 => new SubscriptSyntax(E(), E()),
            22 => new SliceSyntax(E(), Maybe(), Maybe()),
            _ => Field(next),
        };
    }

    public QuerySyntax Query(int depth)
    {
        IReadOnlyList<CommonTable> with = depth > 0 && Pick(4) == 0 ? Some(() => new CommonTable(Identifier(), Some(Identifier), Query(depth - 1)), 1) : [];
        return new QuerySyntax(Body(depth, 1))
        {
            With = with,
            Recursive = with.Count > 0 && Flip(),
            OrderBy = Flip() ? Order(depth - 1) : [],
            Limit = Flip() ? Expression(depth - 1) : null,
            Offset = Flip() ? Expression(depth - 1) : null,
            Emit = Pick(3) switch { 0 => EmitMode.Changes, 1 => EmitMode.Final, _ => null },
        };
    }

    private QueryBody Body(int depth, int level)
    {
        if (depth > 0 && level <= 2 && Pick(4) == 0)
        {
            SetOperator op = level == 2 ? SetOperator.Intersect : (SetOperator)Pick(3);
            int own = op == SetOperator.Intersect ? 2 : 1;
            return new SetOperation(op, Flip(), Body(depth - 1, own), Body(depth - 1, own + 1));
        }

        return (depth <= 0 ? 3 : Pick(6)) switch
        {
            0 => new NestedQuery(Query(depth - 1)),
            1 => new ValuesSyntax(Some<IReadOnlyList<ExpressionSyntax>>(() => Some(() => Expression(depth - 1), 1), 1)),
            _ => Select(depth),
        };
    }

    private SelectSyntax Select(int depth)
    {
        ExpressionSyntax E() => Expression(depth - 1);
        bool all = Pick(5) == 0;
        IReadOnlyList<ExpressionSyntax> on = Pick(5) == 0 ? Some(E, 1) : [];
        return new SelectSyntax
        {
            Distinct = on.Count > 0 || Flip(),
            DistinctOn = on,
            Items = Some(() => Item(depth - 1), 1),
            Into = Pick(5) == 0 ? Name() : null,
            From = depth > 0 ? Table(depth - 1) : null,
            Where = Flip() ? E() : null,
            GroupByAll = all,
            GroupBy = all ? [] : Some<GroupItem>(() => Flip() ? new GroupExpression(E()) : new GroupingSets(Some<IReadOnlyList<ExpressionSyntax>>(() => Some(E), 1))),
            Having = Flip() ? E() : null,
            Qualify = Flip() ? E() : null,
            TimeWindow = Pick(3) switch
            {
                0 => new WindowClause(TimeWindowKind.Hop, Flip() ? new NameSyntax(Name()) : null, Interval(), Interval(), null),
                1 => new WindowClause(TimeWindowKind.Session, null, Interval(), null, Flip() ? E() : null),
                _ => null,
            },
            Windows = Some(() => new NamedWindow(Identifier(), Window(depth - 1, false))),
        };
    }

    private SelectItem Item(int depth) => Pick(6) == 0
        ? new SelectItem(new StarSyntax(Flip() ? Name() : null, Some(Identifier), Some(() => new SelectItem(Expression(depth), AnyIdentifier()))), null)
        : new SelectItem(Expression(depth), Flip() ? AnyIdentifier() : null, (SelectRole)Pick(2));

    private TableSyntax Table(int depth)
    {
        TableSyntax table = (depth <= 0 ? Pick(2) : Pick(7)) switch
        {
            0 => new NamedTable(Name()) { AsOf = depth > 0 && Flip() ? Expression(depth) : null },
            1 => new FileTable(Text()) { Columns = Some(Column), Options = Options() },
            2 => new FunctionTable(new QualifiedName([new Identifier("f")]), Some(() => Expression(depth - 1)), Some(() => new NamedArgument(AnyIdentifier(), Expression(depth - 1)))) { Lateral = Flip(), WithOrdinality = Flip() },
            3 => new WindowTable(TimeWindowKind.Hop, Flip() ? new NamedTable(Name()) : new SubqueryTable(Query(depth - 1)), Identifier(), [Expression(depth - 1), Expression(depth - 1)]),
            4 => new SubqueryTable(Query(depth - 1)) { Lateral = Flip() },
            _ => Join(depth - 1),
        };
        return Flip() ? table with { Alias = Identifier(), ColumnAliases = Some(Identifier) } : table;
    }

    private JoinTable Join(int depth)
    {
        var kind = (JoinKind)Pick(9);
        bool natural = kind != JoinKind.Cross && Pick(4) == 0;
        bool condition = kind != JoinKind.Cross && !natural;
        bool on = condition && Flip();
        return new JoinTable(kind, Table(depth), Table(depth))
        {
            Natural = natural,
            On = on ? Expression(depth) : null,
            Using = condition && !on ? Some(Identifier, 1) : [],
            Within = Flip() ? Interval() : null,
        };
    }

    private CallSyntax Call(int depth)
    {
        bool star = Pick(5) == 0;
        return new CallSyntax(Flip() ? new QualifiedName([new Identifier("sum")]) : new QualifiedName([new Identifier("s"), AnyIdentifier()]), star ? [] : Some(() => Expression(depth), 1))
        {
            Star = star,
            Distinct = !star && Flip(),
            OrderBy = !star && Pick(3) == 0 ? Order(depth) : [],
            WithinGroup = Pick(3) == 0 ? Order(depth) : [],
            Filter = Flip() ? Expression(depth) : null,
            IgnoreNulls = Flip(),
            Over = Flip() ? Window(depth, Flip()) : null,
        };
    }

    private WindowSyntax Window(int depth, bool buffered) => new()
    {
        Base = !buffered && Flip() ? new Identifier("w") : null,
        PartitionBy = Some(() => Expression(depth)),
        OrderBy = Flip() ? Order(depth) : [],
        Frame = Flip() ? new FrameSyntax((FrameUnit)Pick(3), Bound((FrameBoundKind)Pick(3), depth), Bound((FrameBoundKind)(2 + Pick(3)), depth), (FrameExclusion)Pick(4)) : null,
        Buffer = buffered ? new RowBufferSyntax(Pick(100), Flip(), Flip() ? Interval() : null) : null,
    };

    private FrameBound Bound(FrameBoundKind kind, int depth) => new(kind, kind is FrameBoundKind.Preceding or FrameBoundKind.Following ? Expression(depth) : null);

    private IReadOnlyList<OrderItem> Order(int depth) => Some(() => new OrderItem(Expression(depth), Flip(), Pick(3) switch { 0 => true, 1 => false, _ => null }), 1);

    private MapSyntax Map(int depth)
    {
        IReadOnlyList<ExpressionSyntax> keys = Some(() => Expression(depth));
        return new MapSyntax(keys, [.. keys.Select(_ => Expression(depth))]);
    }

    // A field of a name is a longer name.
    private ExpressionSyntax Field(int depth) => Expression(depth) is var operand && operand is NameSyntax ? operand : new FieldSyntax(operand, AnyIdentifier());

    private ExpressionSyntax Leaf() => Pick(9) switch
    {
        0 => new LiteralSyntax(LiteralKind.Null, ""),
        1 => new LiteralSyntax(LiteralKind.Boolean, Flip() ? "true" : "false"),
        2 => new LiteralSyntax(LiteralKind.Integer, _random.Next().ToString(System.Globalization.CultureInfo.InvariantCulture)),
        3 => new LiteralSyntax(LiteralKind.Decimal, "1.50"),
        4 => new LiteralSyntax(LiteralKind.Float, "1.5e-3"),
        5 => new LiteralSyntax(LiteralKind.Bytes, "CAfe"),
        6 => new TypedLiteralSyntax(new TypeSyntax(Any(["date", "timestamptz(3)", "double", "decimal(5,2)"])), Text()),
        7 => Flip() ? new IntervalSyntax(Interval()) : new LiteralSyntax(LiteralKind.String, Text()),
        _ => new NameSyntax(Name()),
    };

    private Interval Interval() => new(_random.Next(-100, 100), _random.Next(-100, 100), Flip() ? _random.NextInt64(long.MinValue / 2, long.MaxValue / 2) : _random.Next(100) * 500_000_000L);

    private ColumnDefinition Column() => new(Identifier(), new TypeSyntax(Any(Types))) { NotNull = Flip(), PrimaryKey = Flip(), From = Flip() ? Text() : null };

    private List<OptionSyntax> Options() => [.. Enumerable.Range(0, Pick(3)).Select(i => new OptionSyntax(Text() + i, Text()))];

    private QualifiedName Name() => new([Identifier(), .. Some(AnyIdentifier)]);

    private Identifier Identifier() => Flip() ? new Identifier(Any(Words)) : new Identifier(Any(Quoted) is { Length: > 0 } text ? text : "q", true);

    private Identifier AnyIdentifier() => Pick(3) == 0 ? new Identifier(Any(["select", "from", "ORDER", "left"])) : Identifier();

    private string Text() => Any(Texts);

    private BinaryOperator Comparison() => (BinaryOperator)_random.Next((int)BinaryOperator.Equal, (int)BinaryOperator.GreaterOrEqual + 1);

    private IReadOnlyList<T> Some<T>(Func<T> make, int least = 0) => [.. Enumerable.Range(0, least + (Pick(3) == 0 ? Pick(3) : 0)).Select(_ => make())];

    private string Any(string[] of) => of[Pick(of.Length)];

    private int Pick(int count) => _random.Next(count);

    private bool Flip() => Pick(2) == 0;
}

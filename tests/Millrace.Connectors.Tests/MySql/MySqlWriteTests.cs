using Millrace.Connectors.Common;
using Millrace.Connectors.MySql;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.MySql;

/// <summary>What a table holds after epochs of each write mode, and what becomes of rows that it does not take.</summary>
[Trait("speed", "slow")]
public class MySqlWriteTests
{
    private static readonly Schema Rows = WrittenTable.SchemaOf(("id", DataType.Int64), ("name", DataType.Utf8));
    private static readonly Schema ChangedRows = WrittenTable.SchemaOf(("_op", DataType.Utf8), ("id", DataType.Int64), ("name", DataType.Utf8));

    private static SinkRequest Merge => new() { Schema = Rows, Mode = WriteMode.Merge, Key = ["id"], RunId = "" };

    [Theory]
    [InlineData("")]
    [InlineData("CREATE TABLE t (id bigint, name text)")]
    [InlineData("CREATE TABLE t (id bigint PRIMARY KEY, name varchar(20) UNIQUE)")]
    public async Task A_merge_keeps_the_last_row_of_each_key(string table)
    {
        var t = new WrittenTable(table);
        await t.WriteAsync(Merge, ["1|a", "2|b", "1|c"], ["2|d", "3|e"], ["3|"]);
        Assert.Equal("1|c\n2|d\n3|NULL", t.Sql("SELECT id, name FROM t ORDER BY id"));
    }

    [Fact]
    public async Task A_row_with_the_value_of_another_unique_index_is_not_taken_for_the_one_of_its_key()
    {
        var t = new WrittenTable("CREATE TABLE t (id bigint PRIMARY KEY, name varchar(20) UNIQUE); INSERT INTO t VALUES (1, 'a')");
        var errors = new ListedErrors();
        await t.WriteAsync(Merge with { Errors = errors }, ["2|a", "3|b"]);

        Assert.Equal("1|a\n3|b", t.Sql("SELECT id, name FROM t ORDER BY id"));
        RowError error = Assert.Single(errors.Rows);
        Assert.Equal("MR3314", error.Code.Id);
        Assert.Contains("[1062]", error.Message, StringComparison.Ordinal);
        Assert.Equal("{\"id\": 2, \"name\": \"a\"}", System.Text.Encoding.UTF8.GetString(error.Raw.Span));
    }

    [Fact]
    public async Task Changes_are_applied_in_their_order()
    {
        var t = new WrittenTable("CREATE TABLE t (id bigint PRIMARY KEY, name varchar(20) NOT NULL)");
        SinkRequest request = Merge with { Schema = ChangedRows };
        await t.WriteAsync(request, ["I|1|a", "I|2|b", "U|1|c", "D|2|", "I|3|d", "D|3|", "I|3|e"]);
        Assert.Equal("1|c\n3|e", t.Sql("SELECT id, name FROM t ORDER BY id"));
        await t.WriteAsync(request, ["D|1|", "I|9|x", "T||", "I|4|y"], ["D|4|"], ["I|5|z"]);
        Assert.Equal("5|z", t.Sql("SELECT id, name FROM t ORDER BY id"));
    }

    [Fact]
    public async Task Values_that_were_left_out_stay_what_they_were()
    {
        Schema schema = WrittenTable.SchemaOf(
            ("_op", DataType.Utf8), ("_unchanged", DataType.List(DataType.Utf8)), ("_position", DataType.Utf8), ("id", DataType.Int64), ("name", DataType.Utf8), ("v", DataType.Int64));
        var t = new WrittenTable("CREATE TABLE t (id bigint PRIMARY KEY, name text, v bigint); INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 1)");
        await t.WriteAsync(
            Merge with { Schema = schema },
            ["I||p|4|d|1", "U|name|p|4||2", "U|name|p|1||2", "U||p|1|A|3", "U|name|p|1||4", "D|name|p|2||", "U|name|p|5||5", "U|name|p|5||6", "D||p|3||"],
            ["U|name|p|5||7", "T||p|||", "I||p|9|z|1", "U|name,v|p|9||"],
            ["U|v|p|8|new|"]);

        Assert.Equal("8|new|NULL\n9|z|1", t.Sql("SELECT id, name, v FROM t ORDER BY id"));
        Assert.Equal("id|name|v", t.Sql("SHOW COLUMNS FROM t").Split('\n').Select(l => l.Split('|')[0]).Aggregate((a, b) => $"{a}|{b}"));
    }

    [Fact]
    public async Task Values_that_were_left_out_go_along_to_another_key()
    {
        Schema schema = WrittenTable.SchemaOf(("_op", DataType.Utf8), ("_unchanged", DataType.List(DataType.Utf8)), ("id", DataType.Int64), ("name", DataType.Utf8), ("v", DataType.Int64));
        var t = new WrittenTable("CREATE TABLE t (id bigint PRIMARY KEY, name text, v bigint); INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 1)");
        await t.WriteAsync(Merge with { Schema = schema }, ["I||3|c|1", "D|name|2||", "U|name|5||5", "D|name|3||", "--", "U|name|6||6", "U|name|1||7"]);
        Assert.Equal("1|a|7\n5|b|5\n6|c|6", t.Sql("SELECT id, name, v FROM t ORDER BY id"));
    }

    [Theory]
    [InlineData("id bigint PRIMARY KEY")]
    [InlineData("id varchar(9) COLLATE utf8mb4_nopad_bin PRIMARY KEY")]
    [InlineData("id varchar(9) COLLATE utf8mb4_general_ci PRIMARY KEY")]
    public async Task Changes_that_leave_out_values_have_the_outcome_of_one_at_a_time(string key)
    {
        DataType type = key.Contains("bigint", StringComparison.Ordinal) ? DataType.Int64 : DataType.Utf8;
        Schema schema = WrittenTable.SchemaOf(("_op", DataType.Utf8), ("_unchanged", DataType.List(DataType.Utf8)), ("id", type), ("a", DataType.Utf8), ("b", DataType.Utf8));
        var random = new Random(20261122);
        for (int run = 0; run < 4; run++)
        {
            var t = new WrittenTable($"CREATE TABLE t ({key}, a text NOT NULL, b text)");
            var rows = new SortedDictionary<int, (string A, string B)>();
            var changes = new List<string>();
            for (int i = 0; i < 300; i++)
            {
                int id = random.Next(1, 12);
                string text = $"x{i}";
                if (random.Next(40) == 0)
                {
                    changes.Add("--");
                }

                if (!rows.TryGetValue(id, out (string A, string B) was))
                {
                    rows[id] = (text, text);
                    changes.Add($"I||{id}|{text}|{text}");
                    continue;
                }

                switch (random.Next(6))
                {
                    case 0:
                        rows.Remove(id);
                        changes.Add($"D||{id}||");
                        break;
                    case 1:
                        rows[id] = (was.A, text);
                        changes.Add($"U|a|{id}||{text}");
                        break;
                    case 2:
                        rows[id] = (text, was.B);
                        changes.Add($"U|b|{id}|{text}|");
                        break;
                    case 3 when !rows.ContainsKey(id + 20):
                        rows.Remove(id);
                        rows[id + 20] = (was.A, text);
                        changes.AddRange([$"D|a|{id}||", $"U|a|{id + 20}||{text}"]);
                        break;
                    default:
                        rows[id] = (text, text);
                        changes.Add($"U||{id}|{text}|{text}");
                        break;
                }
            }

            await t.WriteAsync(Merge with { Schema = schema }, [.. changes]);
            Assert.Equal(string.Join('\n', rows.Select(r => $"{r.Key}|{r.Value.A}|{r.Value.B}")), t.Sql("SELECT id, a, b FROM t ORDER BY CAST(id AS UNSIGNED)"));
        }
    }

    [Fact]
    public async Task Keys_that_the_collation_takes_for_equal_are_one_key()
    {
        var t = new WrittenTable("CREATE TABLE t (id bigint, name varchar(20) COLLATE utf8mb4_general_ci PRIMARY KEY)");
        await t.WriteAsync(Merge with { Key = ["name"] }, ["1|a", "2|A", "3|b"]);
        Assert.Equal("2|A\n3|b", t.Sql("SELECT id, name FROM t ORDER BY id").Replace("2|a", "2|A"));
    }

    [Theory]
    [InlineData("CASCADE")]
    [InlineData("SET NULL")]
    public async Task A_table_is_not_overwritten_when_rows_of_another_would_go_with_its_own(string rule)
    {
        var t = new WrittenTable(
            $"""
            CREATE TABLE t (id bigint PRIMARY KEY, name text, parent bigint, CONSTRAINT t_tree FOREIGN KEY (parent) REFERENCES t (id) ON DELETE CASCADE);
            CREATE TABLE items (id int, t bigint, CONSTRAINT items_t FOREIGN KEY (t) REFERENCES t (id) ON DELETE {rule});
            INSERT INTO t VALUES (1, 'a', NULL); INSERT INTO items VALUES (7, 1)
            """);

        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => t.WriteAsync(new SinkRequest { Schema = Rows, Mode = WriteMode.Overwrite, RunId = "" }, ["1|b"]));

        Assert.Equal("MR3318", e.Code.Id);
        Assert.Contains($"{t.Database}.items refers to {t.Database}.t by the constraint 'items_t' with ON DELETE {rule}", e.Message, StringComparison.Ordinal);
        Assert.Equal("1|a\n7|1", t.Sql("SELECT id, name FROM t; SELECT id, t FROM items"));
        await t.WriteAsync(Merge, ["1|b"]);
        Assert.Equal("1|b\n7|1", t.Sql("SELECT id, name FROM t; SELECT id, t FROM items"));
    }

    [Fact]
    public async Task A_table_is_overwritten_when_only_it_refers_to_itself_or_others_forbid_nothing_that_is_done()
    {
        var t = new WrittenTable(
            """
            CREATE TABLE t (id bigint PRIMARY KEY, name text, parent bigint, CONSTRAINT t_tree FOREIGN KEY (parent) REFERENCES t (id) ON DELETE CASCADE);
            CREATE TABLE items (id int, t bigint, FOREIGN KEY (t) REFERENCES t (id));
            INSERT INTO t VALUES (1, 'a', NULL), (2, 'b', 1)
            """);

        await t.WriteAsync(new SinkRequest { Schema = Rows, Mode = WriteMode.Overwrite, RunId = "" }, ["3|c"]);

        Assert.Equal("3|c", t.Sql("SELECT id, name FROM t"));
    }

    [Fact]
    public async Task A_number_that_the_server_would_take_for_another_year_is_set_aside()
    {
        var t = new WrittenTable("CREATE TABLE t (id bigint PRIMARY KEY, name year)");
        var errors = new ListedErrors();

        await t.WriteAsync(
            new SinkRequest { Schema = WrittenTable.SchemaOf(("id", DataType.Int64), ("name", DataType.Int32)), RunId = "", Errors = errors },
            ["1|0", "2|1", "3|70", "4|99", "5|1900", "6|1901", "7|2155", "8|2156", "9|-1", "10|"]);

        Assert.Equal("1|0000\n6|1901\n7|2155\n10|NULL", t.Sql("SELECT id, name FROM t ORDER BY id"));
        Assert.Equal(6, errors.Rows.Count);
        Assert.All(errors.Rows, e => Assert.Equal(("MR3309", "name"), (e.Code.Id, e.Place.Field)));
    }

    [Fact]
    public async Task An_overwriting_run_replaces_all_rows_and_keeps_those_of_its_later_epochs()
    {
        var t = new WrittenTable("CREATE TABLE t (id bigint, name text); INSERT INTO t VALUES (9, 'old')");
        await t.WriteAsync(new SinkRequest { Schema = Rows, Mode = WriteMode.Overwrite, RunId = "" }, ["1|a"], ["2|b"]);
        Assert.Equal("1|a\n2|b", t.Sql("SELECT id, name FROM t ORDER BY id"));
    }

    [Fact]
    public async Task Rows_that_break_a_rule_are_set_aside_and_the_others_are_written()
    {
        var t = new WrittenTable("CREATE TABLE t (id tinyint PRIMARY KEY CHECK (id <> 13), name varchar(3))");
        var errors = new ListedErrors();
        string[] rows = [.. Enumerable.Range(1, 100).Select(i => $"{i}|{(i == 50 ? "too long" : "ok")}"), "7|dup", "300|no"];
        await t.WriteAsync(new SinkRequest { Schema = Rows, RunId = "", Errors = errors }, rows);

        Assert.Equal("98", t.Sql("SELECT count(*) FROM t"));
        Assert.Equal(["MR3309", "MR3314", "MR3314", "MR3314"], errors.Rows.Select(e => e.Code.Id).Order());
        Assert.Contains(errors.Rows, e => e.Message.Contains("Duplicate entry '7'", StringComparison.Ordinal));
        Assert.Contains(errors.Rows, e => e.Message.Contains("too long", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(errors.Rows, e => e.Message.Contains("CONSTRAINT", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1|ok", "2|too long", "Data too long")]
    [InlineData("1|ok", "1|dup", "Duplicate entry")]
    public async Task A_row_that_breaks_a_rule_ends_a_run_that_sets_none_aside(string good, string bad, string message)
    {
        var t = new WrittenTable("CREATE TABLE t (id int PRIMARY KEY, name varchar(3))");
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => t.WriteAsync(new SinkRequest { Schema = Rows, RunId = "" }, [good, bad]));
        Assert.Equal("MR3314", e.Code.Id);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Equal("0", t.Sql("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task A_table_without_transactions_is_refused_with_the_way_out()
    {
        var t = new WrittenTable("CREATE TABLE t (id bigint, name text) ENGINE = MyISAM");
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => t.WriteAsync(new SinkRequest { Schema = Rows, RunId = "" }, ["1|a"]));
        Assert.Equal("MR3315", e.Code.Id);
        Assert.Contains("ENGINE = InnoDB", e.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_is_made_has_exact_types_and_columns_are_added_to_it()
    {
        Schema schema = WrittenTable.SchemaOf(
            ("k", DataType.Utf8), ("u8", DataType.UInt8), ("u64", DataType.UInt64), ("d", DataType.Decimal(38, 9)), ("f", DataType.Float32), ("b", DataType.Boolean),
            ("at", DataType.Timestamp(TimeUnit.Microsecond, "UTC")), ("j", DataType.Json), ("id", DataType.Uuid));
        var t = new WrittenTable();
        await t.WriteAsync(
            new SinkRequest { Schema = schema, Mode = WriteMode.Merge, Key = ["k"], RunId = "" },
            ["a|255|18446744073709551615|99999999999999999999999999999.123456789|0.1|true|2024-02-29T12:34:56.789Z|[1]|123e4567-e89b-12d3-a456-426614174000"]);
        Assert.Equal(
            "a|255|18446744073709551615|99999999999999999999999999999.123456789|0.1|1|2024-02-29 12:34:56.789000|[1]|123e4567-e89b-12d3-a456-426614174000",
            t.Sql("SELECT * FROM t"));
        await t.WriteAsync(new SinkRequest { Schema = WrittenTable.SchemaOf(("k", DataType.Utf8), ("more", DataType.Int32)), Mode = WriteMode.Merge, Key = ["k"], RunId = "" }, ["A|7"]);
        Assert.Equal("A|7\na|NULL", t.Sql("SELECT k, more FROM t ORDER BY k"));
    }

    [Fact]
    public async Task Rows_that_are_there_stop_a_copy_that_did_not_say_what_to_do_with_them()
    {
        var t = new WrittenTable("CREATE TABLE t (id bigint, name text); INSERT INTO t VALUES (1, 'a')");
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(
            () => t.WriteAsync(new SinkRequest { Schema = Rows, RunId = "" }, o => o with { IfExists = IfExists.Error }, ["2|b"]));
        Assert.Equal("MR3313", e.Code.Id);
    }
}

using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Parsing;

/// <summary>What people are told about statements that are wrong: where, what was found, what was expected, and what to do.</summary>
public sealed class ParsingErrorsTests
{
    [Theory]
    [InlineData("SELECT", "1:7", "MR5001", "Found the end of the text, expected an expression.")]
    [InlineData("SELECT FROM t", "1:8", "MR5001", "Found 'FROM', expected an expression.")]
    [InlineData("SELECT a FRM t", "1:14", "MR5001", "Found 't', expected ',', FROM, a clause or the end of the statement. 'FRM' was read as a name; did you mean FROM?")]
    [InlineData("SELECT a, FROM t", "1:11", "MR5001", "Found 'FROM', expected an expression.")]
    [InlineData("SELEC a FROM t", "1:1", "MR5001", "Found 'SELEC', expected a statement. Did you mean SELECT?")]
    [InlineData("SELECT a FROM t WERE a = 1", "1:22", "MR5001", "Found 'a', expected ',', a join, a clause or the end of the statement. 'WERE' was read as a name; did you mean WHERE?")]
    [InlineData("SELECT a FROM t WHERE", "1:22", "MR5001", "Found the end of the text, expected an expression.")]
    [InlineData("SELECT a FROM t WHERE a = ", "1:27", "MR5001", "Found the end of the text, expected an expression.")]
    [InlineData("SELECT a FROM t WHERE a == 1", "1:25", "MR5001", "Found '==', expected an operator, a clause or the end of the statement. Equality is written =.")]
    [InlineData("SELECT a FROM t WHERE a = 1 AND", "1:32", "MR5001", "Found the end of the text, expected an expression.")]
    [InlineData("SELECT a b c FROM t", "1:12", "MR5001", "Found 'c', expected ',', FROM, a clause or the end of the statement.")]
    [InlineData("SELECT a FROM t GROUP a", "1:23", "MR5001", "Found 'a', expected BY.")]
    [InlineData("SELECT a FROM t GRUOP BY a", "1:23", "MR5001", "Found 'BY', expected ',', a join, a clause or the end of the statement. 'GRUOP' was read as a name; did you mean GROUP?")]
    [InlineData("SELECT a FROM t ORDER a", "1:23", "MR5001", "Found 'a', expected BY.")]
    [InlineData("SELECT a FROM t ORDER BY a DSC", "1:28", "MR5001", "Found 'DSC', expected ASC, DESC, NULLS, ',', a clause or the end of the statement.")]
    [InlineData("SELECT a FROM t ORDER BY a NULLS FRIST", "1:34", "MR5001", "Found 'FRIST', expected FIRST or LAST. Did you mean FIRST?")]
    [InlineData("SELECT a FROM t LIMIT", "1:22", "MR5001", "Found the end of the text, expected an expression.")]
    [InlineData("SELECT a FROM t LIMIT 1 LIMIT 2", "1:25", "MR5006", "LIMIT stands here for the second time. Keep one of them.")]
    [InlineData("SELECT a FROM t WHERE a WHERE b", "1:25", "MR5006", "WHERE stands here for the second time. Keep one of them.")]
    [InlineData("SELECT a FROM t JOIN u", "1:23", "MR5001", "Found the end of the text, expected ON or USING.")]
    [InlineData("SELECT a FROM t LEFT u ON a = b", "1:22", "MR5001", "Found 'u', expected JOIN.")]
    [InlineData("SELECT a FROM t JOIN u ON", "1:26", "MR5001", "Found the end of the text, expected an expression.")]
    [InlineData("SELECT a FROM t JOIN u USING a", "1:30", "MR5001", "Found 'a', expected '('.")]
    [InlineData("SELECT a FROM (SELECT 1", "1:24", "MR5001", "Found the end of the text, expected ',', FROM, a clause or ')'.")]
    [InlineData("SELECT a FROM (SELECT 1 FROM t WHERE) x", "1:37", "MR5001", "Found ')', expected an expression.")]
    [InlineData("SELECT (1 + 2", "1:14", "MR5001", "Found the end of the text, expected ')'.")]
    [InlineData("SELECT 1 + 2)", "1:13", "MR5001", "Found ')', expected ',', FROM, a clause or the end of the statement.")]
    [InlineData("SELECT count(a FROM t", "1:16", "MR5001", "Found 'FROM', expected ',' or ')'.")]
    [InlineData("SELECT f(a,) FROM t", "1:12", "MR5001", "Found ')', expected an expression.")]
    [InlineData("SELECT CASE END", "1:13", "MR5001", "Found 'END', expected an expression.")]
    [InlineData("SELECT CASE WHEN a THEN 1", "1:26", "MR5001", "Found the end of the text, expected WHEN, ELSE or END.")]
    [InlineData("SELECT CASE WHEN a 1 END", "1:20", "MR5001", "Found '1', expected THEN.")]
    [InlineData("SELECT CASE a ELSE 1 END", "1:15", "MR5001", "Found 'ELSE', expected WHEN.")]
    [InlineData("SELECT CAST(a int)", "1:15", "MR5001", "Found 'int', expected an operator or AS.")]
    [InlineData("SELECT CAST(a AS )", "1:18", "MR5001", "Found ')', expected a type.")]
    [InlineData("SELECT a::", "1:11", "MR5001", "Found the end of the text, expected a type.")]
    [InlineData("SELECT a IS 5", "1:13", "MR5001", "Found '5', expected NOT, NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM.")]
    [InlineData("SELECT a IS NOT 5", "1:17", "MR5001", "Found '5', expected NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM.")]
    [InlineData("SELECT a NOT b", "1:10", "MR5001", "Found 'NOT', expected ',', FROM, a clause or the end of the statement.")]
    [InlineData("SELECT a BETWEEN 1", "1:19", "MR5001", "Found the end of the text, expected AND.")]
    [InlineData("SELECT a BETWEEN 1 OR 2", "1:20", "MR5001", "Found 'OR', expected AND.")]
    [InlineData("SELECT a IN 1", "1:13", "MR5001", "Found '1', expected '('.")]
    [InlineData("SELECT a IN ()", "1:14", "MR5001", "Found ')', expected an expression.")]
    [InlineData("SELECT a LIKE", "1:14", "MR5001", "Found the end of the text, expected an expression.")]
    [InlineData("SELECT a < b < c", "1:14", "MR5009", "Found '<' behind another comparison, which cannot be compared again. Join them with AND, or put one of them in parentheses.")]
    [InlineData("SELECT EXISTS (1)", "1:16", "MR5001", "Found '1', expected a query.")]
    [InlineData("SELECT 'abc", "1:8", "MR5002", "The text that begins here has no end. Close it; a quote inside of quotes is written twice.")]
    [InlineData("SELECT \"abc FROM t", "1:8", "MR5002", "The name in quotes that begins here has no end. Close it; a quote inside of quotes is written twice.")]
    [InlineData("SELECT 1 /* comment", "1:10", "MR5002", "The comment that begins here has no end. Close it; a quote inside of quotes is written twice.")]
    [InlineData("SELECT $$abc", "1:8", "MR5002", "The text that begins here has no end. Close it; a quote inside of quotes is written twice.")]
    [InlineData("SELECT a ? b", "1:10", "MR5003", "Found '?', which has no meaning in SQL. Values are written into the statement; it takes no parameters.")]
    [InlineData("SELECT $1", "1:8", "MR5003", "Found '$', which has no meaning in SQL. Values are written into the statement; it takes no parameters.")]
    [InlineData("SELECT ‘abc’", "1:8", "MR5003", "Found '‘', which has no meaning in SQL. Texts stand in straight quotes: 'text'.")]
    [InlineData("SELECT a ! b", "1:10", "MR5003", "Found '!', which has no meaning in SQL. Not equal is written <> or !=; to negate, write NOT.")]
    [InlineData("SELECT 5m", "1:8", "MR5007", "Found '5m', which is neither a number nor a name. A duration is written INTERVAL '5 minutes'; a name that begins with a digit stands in double quotes.")]
    [InlineData("SELECT 12abc", "1:8", "MR5007", "Found '12abc', which is neither a number nor a name. A duration is written INTERVAL '5 minutes'; a name that begins with a digit stands in double quotes.")]
    [InlineData("SELECT 0xZZ", "1:8", "MR5007", "Found '0xZZ', which is neither a number nor a name. A duration is written INTERVAL '5 minutes'; a name that begins with a digit stands in double quotes.")]
    [InlineData("SELECT X'ABC'", "1:8", "MR5007", "Found 3 digits, expected two for each byte. Write it in the form that the message names.")]
    [InlineData("SELECT X'GG'", "1:8", "MR5007", "Found 'G' among the digits of bytes, expected 0 to 9 and A to F. Write it in the form that the message names.")]
    [InlineData("SELECT E'\\uD'", "1:8", "MR5007", "The text has an escape that is no character: '\\uD'. Escapes are \\xHH, \\uXXXX, \\UXXXXXXXX, \\ooo, \\n, \\t, \\r, \\b, \\f; a backslash is written \\\\.")]
    [InlineData("SELECT INTERVAL '1 fortnight'", "1:8", "MR5007", "'1 fortnight' is not an interval: 'fortnight' is not a unit of time. Write it as in '1 day 02:30:00', '90 seconds', 'P1DT2H' or 5m.")]
    [InlineData("SELECT INTERVAL 'x'", "1:8", "MR5007", "'x' is not an interval: a number is missing before 'x'. Write it as in '1 day 02:30:00', '90 seconds', 'P1DT2H' or 5m.")]
    [InlineData("SELECT INTERVAL 5", "1:18", "MR5001", "Found the end of the text, expected a unit of time.")]
    [InlineData("SELECT sum(a) OVER (PARTITION a) FROM t", "1:31", "MR5001", "Found 'a', expected PARTITION BY, ORDER BY, a frame or ')'.")]
    [InlineData("SELECT sum(a) OVER (ORDER BY a ROWS BETWEEN 1 AND 2) FROM t", "1:47", "MR5001", "Found 'AND', expected PRECEDING or FOLLOWING.")]
    [InlineData("SELECT sum(a) OVER (ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM t", "1:34", "MR5010", "The frame begins at CURRENT ROW and ends before, at a row PRECEDING. Write the earlier bound first.")]
    [InlineData("SELECT sum(a) OVER (ROWS UNBOUNDED FOLLOWING) FROM t", "1:26", "MR5010", "The frame begins at UNBOUNDED FOLLOWING and ends at the current row. Write the earlier bound first.")]
    [InlineData("SELECT a FROM t WINDOW TUMBLING()", "1:33", "MR5001", "Found ')', expected an expression.")]
    [InlineData("SELECT a FROM t WINDOW TUMBLNG(1m)", "1:24", "MR5001", "Found 'TUMBLNG', expected TUMBLING, SLIDING, SESSION or a name and AS. Did you mean TUMBLING?")]
    [InlineData("SELECT a FROM t WINDOW SLIDING(1m)", "1:34", "MR5001", "Found ')', expected ',' and how far apart the windows begin.")]
    [InlineData("SELECT a FROM TUMBLE(TABLE t, ts, 1m)", "1:31", "MR5001", "Found 'ts', expected DESCRIPTOR.")]
    [InlineData("SELECT a FROM t EMIT SOMETIMES", "1:22", "MR5001", "Found 'SOMETIMES', expected ',', a join, a clause or the end of the statement.")]
    [InlineData("SELECT a FROM t ORDER BY a UNION SELECT 1", "1:28", "MR5001", "Found 'UNION', expected another clause or the end of the query. To order or limit one side of a set operation, put it in parentheses.")]
    [InlineData("SELECT 1 UNION", "1:15", "MR5001", "Found the end of the text, expected a query.")]
    [InlineData("WITH a AS SELECT 1 SELECT 2", "1:11", "MR5001", "Found 'SELECT', expected '(' and a query.")]
    [InlineData("WITH a (SELECT 1) SELECT 2", "1:9", "MR5001", "Found 'SELECT', expected the name of a column. A name that is spelled like a keyword stands in double quotes.")]
    [InlineData("CREATE TABEL t (a int)", "1:8", "MR5001", "Found 'TABEL', expected STREAM, TABLE or VIEW. Did you mean TABLE?")]
    [InlineData("CREATE STREAM (a int)", "1:15", "MR5001", "Found '(', expected a name.")]
    [InlineData("CREATE TABLE t (a)", "1:18", "MR5001", "Found ')', expected a type.")]
    [InlineData("CREATE TABLE t (a int b int)", "1:23", "MR5001", "Found 'b', expected NOT NULL, PRIMARY KEY, FROM, ',' or ')'.")]
    [InlineData("CREATE TABLE t (a int, PRIMARY KEY)", "1:35", "MR5001", "Found ')', expected '('.")]
    [InlineData("CREATE TABLE t (a int) WITH ('x' 'y')", "1:34", "MR5001", "Found 'y', expected '='.")]
    [InlineData("CREATE TABLE t (a int) WITH ('x' = 'y', 'X' = 'z')", "1:41", "MR5006", "The option 'X' stands here for the second time. Keep one of them.")]
    [InlineData("CREATE TABLE t", "1:15", "MR5001", "Found the end of the text, expected columns in parentheses, WITH or AS.")]
    [InlineData("CREATE STREAM t (a int, WATERMARK FOR a)", "1:40", "MR5001", "Found ')', expected AS.")]
    [InlineData("CREATE VIEW v SELECT 1", "1:15", "MR5001", "Found 'SELECT', expected AS.")]
    [InlineData("DROP t", "1:6", "MR5001", "Found 't', expected STREAM, TABLE, VIEW or JOB.")]
    [InlineData("INSERT t SELECT 1", "1:8", "MR5001", "Found 't', expected INTO.")]
    [InlineData("INSERT INTO t", "1:14", "MR5001", "Found the end of the text, expected a query.")]
    [InlineData("SHOW STREEMS", "1:6", "MR5001", "Found 'STREEMS', expected STREAMS, TABLES, VIEWS, FUNCTIONS, JOBS, TOPICS, PARTITIONS, SCHEMA, STATUS, VERSIONS, METRICS or TIME ZONE. Did you mean STREAMS?")]
    [InlineData("SHOW PARTITIONS", "1:16", "MR5001", "Found the end of the text, expected a name.")]
    [InlineData("SET a", "1:6", "MR5001", "Found the end of the text, expected '='.")]
    [InlineData("SET a =", "1:8", "MR5001", "Found the end of the text, expected a value: a text in quotes, a number or a word.")]
    [InlineData("START JOB j SELECT 1", "1:13", "MR5001", "Found 'SELECT', expected AS.")]
    [InlineData("DEPLOY JOB j AS SELECT 1", "1:14", "MR5001", "Found 'AS', expected VERSION.")]
    [InlineData("DEPLOY JOB j VERSION '1' AS SELECT 1 FROM t STRATEGY CANARY(200)", "1:61", "MR5007", "Found '200', expected a number of per cent of at most 100. Write it in the form that the message names.")]
    [InlineData("STOP j", "1:6", "MR5001", "Found 'j', expected JOB.")]
    [InlineData("EXPLAIN EXPLAIN SELECT 1", "1:9", "MR5001", "Found 'EXPLAIN', expected a statement.")]
    [InlineData("SELECT * EXCEPT () FROM t", "1:18", "MR5001", "Found ')', expected the name of a column.")]
    [InlineData("SELECT a AS FROM t", "1:18", "MR5001", "Found 't', expected ',', FROM, a clause or the end of the statement.")]
    [InlineData("SELECT a FROM t AS select", "1:20", "MR5001", "Found 'select', expected a name behind AS. A name that is spelled like a keyword stands in double quotes.")]
    [InlineData("SELECT a FROM select", "1:15", "MR5001", "Found 'select', expected a table, a file in quotes or a query. A name that is spelled like a keyword stands in double quotes.")]
    [InlineData("SELECT table FROM t", "1:8", "MR5001", "Found 'table', expected an expression. A name that is spelled like a keyword stands in double quotes.")]
    [InlineData("SELECT a[1 FROM t", "1:12", "MR5001", "Found 'FROM', expected ']'.")]
    [InlineData("SELECT ARRAY[1, 2 FROM t", "1:19", "MR5001", "Found 'FROM', expected ',' or ']'.")]
    [InlineData("SELECT MAP {'a' 1}", "1:17", "MR5001", "Found '1', expected ':'.")]
    [InlineData("SELECT a FROM t FETCH FIRST 3", "1:30", "MR5001", "Found the end of the text, expected ROWS.")]
    [InlineData("SELECT a FROM t,", "1:17", "MR5001", "Found the end of the text, expected a table, a file in quotes or a query.")]
    [InlineData("SELECT a FROM 'x.csv' (a) ", "1:25", "MR5001", "Found ')', expected a type.")]
    [InlineData("SELECT a FROM 'x.csv' WITH (a)", "1:30", "MR5001", "Found ')', expected '='.")]
    [InlineData("SELECT a FROM f(a => 1, 2)", "1:25", "MR5001", "Found '2', expected an argument with a name.")]
    [InlineData("SELECT a::array<int", "1:20", "MR5001", "Found the end of the text, expected ',' or '>'.")]
    [InlineData("SELECT a::decimal(1,x)", "1:21", "MR5001", "Found 'x', expected a number.")]
    [InlineData("SELECT \"\" FROM t", "1:8", "MR5007", "Found a name without characters. Write at least one between the quotes.")]
    [InlineData("foo", "1:1", "MR5001", "Found 'foo', expected a statement.")]
    [InlineData("(1)", "1:1", "MR5001", "Found '(', expected a statement.")]
    public void The_first_error_names_its_place_what_was_found_and_what_was_expected(string text, string place, string code, string message)
    {
        MillraceException error = Assert.Throws<MillraceException>(() => SqlParser.ParseScript(new SourceText(text, "q")));
        Assert.Equal($"{code} q:{place}: {message}", error.Describe());
    }

    [Fact]
    public void Errors_of_several_clauses_and_statements_are_told_at_once()
    {
        var source = new SourceText("SELECT a,, b\nFROM t WHERE a = = 1\nGROUP BY ORDER BY b;\nSELECT 1;\nCREATE TABEL t (a int);\nSELECT ? FROM t; SELECT (SELECT x FROM WHERE y = 1 LIMIT), z FROM u ORDER b");
        MillraceException error = Assert.Throws<MillraceException>(() => SqlParser.ParseScript(source));
        Assert.Equal(
            ["1:10", "2:18", "3:10", "5:8", "6:8", "6:40", "6:57", "6:75"],
            error.Related.Select(e => $"{e.Place!.Line}:{e.Place.Column}"));
        Assert.Equal("Found ')', expected an expression.", error.Related[^2].Message);
    }

    [Fact]
    public void A_text_of_nothing_but_errors_is_given_up_after_twenty()
    {
        var source = new SourceText(string.Concat(Enumerable.Repeat("SELECT FROM t;\n", 100)));
        Assert.Equal(20, Assert.Throws<MillraceException>(() => SqlParser.ParseScript(source)).Related.Count);
    }

    [Fact]
    public void One_statement_is_asked_for_and_one_is_given()
    {
        Assert.IsType<QueryStatement>(SqlParser.ParseStatement(new SourceText(" ; SELECT 1; ;")));
        Assert.Same(ParsingErrors.NotOneStatement, Assert.Throws<MillraceException>(() => SqlParser.ParseStatement(new SourceText("-- nothing"))).Code);
        MillraceException two = Assert.Throws<MillraceException>(() => SqlParser.ParseStatement(new SourceText("SELECT 1;\nSELECT 2")));
        Assert.Same(ParsingErrors.NotOneStatement, two.Code);
        Assert.Equal(2, two.Place!.Line);
        Assert.Empty(SqlParser.ParseScript(new SourceText(";; -- nothing\n")));
        Assert.Throws<MillraceException>(() => SqlParser.ParseExpression(new SourceText("")));
        Assert.Throws<MillraceException>(() => SqlParser.ParseExpression(new SourceText("1; 2")));
    }
}

using System.Globalization;
using Bitrix24.Secrets;
using Newtonsoft.Json.Linq;
using Spectre.Console;

namespace Bitrix24.CommandLine;

/// <summary>Writes results to standard output and everything else to standard error, as text or, with <c>--json</c>, as JSON.</summary>
internal sealed class Report(TextWriter output, TextWriter error, bool json, TypedSecrets typed, bool isRepeatable)
{
    private const int ItemsPerLine = 500;

    private readonly IAnsiConsole notes = AnsiConsole.Create(
        new AnsiConsoleSettings { Out = new Lines(error), Ansi = Lines.IsTerminalOf(error) ? AnsiSupport.Detect : AnsiSupport.No }
    );

    /// <exception cref="ResultLostException">The result cannot be written. The exception contains it, so that it is not lost.</exception>
    public void Result(JObject values, string sentence) => Write(json ? Printable.Json(values) : Printable.Text(sentence), sentence);

    /// <summary>Writes a table or, with <c>--json</c>, one object per line.</summary>
    public void Rows(IReadOnlyList<string> columns, IEnumerable<JObject> rows)
    {
        if (json)
        {
            foreach (var row in rows)
            {
                Write(Printable.Json(row), "The rows were read.");
            }

            return;
        }

        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column)));
        }

        foreach (var row in rows)
        {
            table.AddRow(columns.Select(column => new Text(Cell(row[column]))));
        }

        var text = new StringWriter(CultureInfo.InvariantCulture);
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new Lines(text), Ansi = AnsiSupport.No }).Write(table);
        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd());
        Write(string.Join('\n', lines).Trim('\n'), "The rows were read.");
    }

    public async Task RowsAsync(IReadOnlyList<string> columns, IAsyncEnumerable<JObject> rows)
    {
        if (!json)
        {
            Rows(columns, await rows.ToListAsync().ConfigureAwait(false));
            return;
        }

        await foreach (var row in rows.ConfigureAwait(false))
        {
            Rows(columns, [row]);
        }
    }

    private void Write(string text, string done)
    {
        try
        {
            output.WriteLine(text);
            output.Flush();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw new ResultLostException(done, exception);
        }
    }

    private static string Cell(JToken? value) =>
        value is null or { Type: JTokenType.Null } ? "-" : PlainText.ReplaceUnsafe(value.ToString());

    public void Note(string text)
    {
        if (!json)
        {
            notes.MarkupLineInterpolated($"[grey]{Printable.Text(text)}[/]");
        }
    }

    /// <summary>
    /// Shows a progress bar on a terminal, and otherwise a line after every 500 items. With <c>--json</c>, shows nothing.
    /// </summary>
    /// <param name="total">The number of items.</param>
    /// <param name="work">The work. Its argument reports the number of completed items and a text.</param>
    public Task ProgressAsync(int total, Func<Action<int, string>, Task> work)
    {
        if (json || !Lines.IsTerminalOf(error))
        {
            var next = ItemsPerLine;
            return work(
                (done, text) =>
                {
                    if (done >= next)
                    {
                        next = done + ItemsPerLine;
                        Note(text);
                    }
                }
            );
        }

        return AnsiConsole
            .Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) })
            .Progress()
            .StartAsync(async context =>
            {
                var task = context.AddTask("...", maxValue: Math.Max(total, 1));
                await work(
                        (done, text) =>
                        {
                            task.Value = done;
                            task.Description = text.EscapeMarkup();
                        }
                    )
                    .ConfigureAwait(false);
                task.Value = task.MaxValue;
            });
    }

    public void Failure(Exception exception)
    {
        var failed = exception as Bitrix24Exception;
        if (json)
        {
            error.WriteLine(
                Printable.Json(
                    new JObject
                    {
                        ["failure"] = exception.GetType().Name,
                        ["message"] = Message(exception),
                        ["errorCode"] = failed?.ErrorCode.ToString(),
                        ["rawErrorCode"] = failed?.RawErrorCode,
                        ["statusCode"] = (int?)failed?.StatusCode,
                        ["execution"] = Execution(exception)?.ToString(),
                    }
                )
            );
            return;
        }

        notes.MarkupLineInterpolated($"[red]{Printable.Text(Message(exception))}[/]");
        if (Execution(exception) is { } execution)
        {
            notes.WriteLine(
                execution == CallExecution.NotExecuted ? "The portal did not execute the call. Nothing was created."
                : isRepeatable ? "It is safe to run the command again."
                : "The portal may have executed the call. Check the portal before you run the command again."
            );
        }
    }

    /// <summary>Returns whether the portal executed the call. After a cancellation, this is unknown.</summary>
    private static CallExecution? Execution(Exception exception) =>
        exception switch
        {
            Bitrix24Exception failed => failed.Execution,
            OperationCanceledException => CallExecution.Unknown,
            _ => null,
        };

    public static string Seconds(double? seconds) =>
        seconds is { } known ? known.ToString("0.000", CultureInfo.InvariantCulture) + " s" : "an unknown time";

    /// <summary>Returns the message without the parameter name, which means nothing on a command line.</summary>
    private string Message(Exception exception) =>
        typed.Hide(
            exception is ArgumentException { ParamName: { } name }
                ? exception.Message.Replace($" (Parameter '{name}')", string.Empty, StringComparison.Ordinal)
                : exception.Message
        );

    /// <summary>Represents an output of Spectre.Console that does not wrap lines.</summary>
    private sealed class Lines(TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => IsTerminalOf(writer);

        public int Width => int.MaxValue / 2;

        public int Height => int.MaxValue / 2;

        public static bool IsTerminalOf(TextWriter writer) => ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected;

        public void SetEncoding(System.Text.Encoding encoding) { }
    }
}

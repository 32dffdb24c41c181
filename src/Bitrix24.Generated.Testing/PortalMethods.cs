using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Executes the methods of a simulated portal, alone or in a batch.</summary>
internal sealed partial class PortalMethods(SimulatedPortalOptions options, CallListMethods callLists, ExecutionTime executionTime)
{
    private const int MaxCommands = 50;

    private static readonly PortalError BatchLengthError = new(400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded");
    private static readonly PortalError BatchInBatchError =
        new(405, "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage");

    private static readonly PortalError TimeLimitError = new(429, "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.");

    private readonly ConcurrentDictionary<string, Func<JObject, object?>> added = new(StringComparer.OrdinalIgnoreCase);

    internal void Add(string method, Func<JObject, object?> answer) => added[method] = answer;

    /// <returns>The body of the response, or a <see cref="PortalError"/>.</returns>
    internal object Call(Caller caller, string method, JObject parameters, DateTimeOffset start)
    {
        if (executionTime.IsUsedUp(caller, method))
        {
            return TimeLimitError;
        }

        var begun = options.TimeProvider.GetUtcNow();
        if (method.Equals("batch", StringComparison.OrdinalIgnoreCase))
        {
            var result = Batch(caller, parameters, out var used);
            return new JObject { ["result"] = result, ["time"] = executionTime.BatchBlock(start, begun, caller, used) };
        }

        var outcome = Run(caller, method, parameters);
        if (outcome is PortalError)
        {
            return outcome;
        }

        var answer = new JObject { ["result"] = ResultOf(outcome) };
        if (outcome is CountedRows rows)
        {
            answer["total"] = rows.Rows.Count;
        }

        answer["time"] = executionTime.Block(start, begun, caller, method);
        return answer;
    }

    private JObject Batch(Caller caller, JObject parameters, out double used)
    {
        used = 0;
        var (results, errors, totals, times) = (new JObject(), new JObject(), new JObject(), new JObject());
        var known = new JObject { ["result"] = results, ["error"] = errors, ["total"] = totals, ["time"] = times };
        var halts = parameters["halt"]?.ToString() is "1" or "True" or "true";
        foreach (var (key, command) in Commands(parameters["cmd"]))
        {
            var parts = command.Split('?', 2);
            var arguments = ReplaceReferences(PhpQuery.Decode(parts.Length == 2 ? parts[1] : string.Empty), known);
            var begun = options.TimeProvider.GetUtcNow();
            var outcome = results.Count + errors.Count >= MaxCommands ? BatchLengthError
                : parts[0].Equals("batch", StringComparison.OrdinalIgnoreCase) ? BatchInBatchError
                : executionTime.IsUsedUp(caller, parts[0]) ? TimeLimitError
                : Run(caller, parts[0], arguments);
            if (outcome is PortalError error)
            {
                errors[key] = new JObject { ["error"] = error.Code, ["error_description"] = error.Description };
                if (halts)
                {
                    break;
                }

                continue;
            }

            results[key] = ResultOf(outcome);
            times[key] = executionTime.CommandBlock(begun, begun, ref used);
            if (outcome is CountedRows rows)
            {
                totals[key] = rows.Rows.Count;
            }
        }

        return new JObject
        {
            ["result"] = PhpQuery.AsPhp(results),
            ["result_error"] = PhpQuery.AsPhp(errors),
            ["result_total"] = PhpQuery.AsPhp(totals),
            ["result_next"] = new JArray(),
            ["result_time"] = PhpQuery.AsPhp(times),
        };
    }

    private object Run(Caller caller, string method, JObject parameters)
    {
        var isCallListMethod = method.StartsWith("crm.calllist.", StringComparison.Ordinal);
        var outcome = method switch
        {
            _ when added.TryGetValue(method, out var answer) => Run(answer, parameters),
            "crm.calllist.add" => callLists.Add(caller, parameters),
            "crm.calllist.get" => callLists.Get(parameters),
            "crm.calllist.list" => callLists.List(parameters),
            "crm.calllist.items.get" => callLists.Items(caller, parameters),
            "crm.calllist.statuslist" => CallListMethods.StatusList(),
            "crm.calllist.update" => callLists.Update(caller, parameters),
            "user.current" => BasicMethods.CurrentUser(caller),
            "profile" => BasicMethods.Profile(caller),
            "server.time" => BasicMethods.ServerTime(options.TimeProvider),
            "scope" => BasicMethods.Scopes(),
            "methods" => BasicMethods.Methods(parameters),
            "department.get" => BasicMethods.Departments(parameters),
            "app.info" => BasicMethods.Application(),
            _ => new PortalError(404, "ERROR_METHOD_NOT_FOUND", "Method not found!"),
        };
        return outcome is PortalError error && options.LegacyErrors && isCallListMethod ? LegacyErrors.Of(error) : outcome;
    }

    private static object Run(Func<JObject, object?> answer, JObject parameters)
    {
        try
        {
            return answer(parameters) ?? JValue.CreateNull();
        }
        catch (Exception exception)
        {
            return new PortalError(500, "INTERNAL_SERVER_ERROR", exception.Message);
        }
    }

    private static JToken ResultOf(object outcome) => outcome is CountedRows rows ? rows.Rows : JToken.FromObject(outcome);

    private static IEnumerable<(string Key, string Command)> Commands(JToken? commands) => commands switch
    {
        JObject map => map.Properties().Select(command => (command.Name, command.Value.ToString())),
        JArray list => list.Select((command, index) => (index.ToString(CultureInfo.InvariantCulture), command.ToString())),
        _ => [],
    };

    /// <summary>
    /// Replaces <c>$result[key][field]</c> and the like with results of earlier commands. There is no way to escape such a text.
    /// </summary>
    private static JObject ReplaceReferences(JObject parameters, JObject known)
    {
        foreach (var text in parameters.Descendants().OfType<JValue>().Where(value => value.Type == JTokenType.String).ToList())
        {
            text.Replace(ReplaceReferences((string)text.Value!, known));
        }

        return parameters;
    }

    /// <returns>The text with replaced references. If the whole text is one reference, the value keeps its type.</returns>
    private static JToken ReplaceReferences(string text, JObject known)
    {
        var replaced = text;
        foreach (Match reference in Reference().Matches(text))
        {
            var path = Key().Matches(reference.Groups["path"].Value).Select(key => key.Groups["key"].Value).ToList();
            var found = path.Count > 0 ? Find(known[reference.Groups["word"].Value], path) : null;
            if (path.Count > 0 && reference.Value == text)
            {
                return found?.DeepClone() ?? JValue.CreateNull();
            }

            if (found is JValue { Value: string or long or double })
            {
                replaced = replaced.Replace(reference.Value, found.ToString(), StringComparison.Ordinal);
            }
        }

        return replaced;
    }

    /// <summary>Follows a path. Like a real portal, it returns the last value that it finds.</summary>
    private static JToken? Find(JToken? found, List<string> path)
    {
        foreach (var key in path)
        {
            var next = found switch
            {
                JObject map => map[key],
                JArray list when int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count =>
                    list[index],
                _ => null,
            };
            if (next is null or { Type: JTokenType.Null })
            {
                break;
            }

            found = next;
        }

        return found;
    }

    [GeneratedRegex(
        @"\$(?<word>result|error|total|next|time)(?<path>[^ \t-\r]*)",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();

    [GeneratedRegex(@"\[(?<key>[^\]]+)\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Key();
}

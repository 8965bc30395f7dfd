/** The shells that can complete. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** One of the shells. */
export type Shell = (typeof SHELLS)[number];

/** What lets a shell complete `plinth`: it asks the program itself, and runs nothing of what is typed. */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  // bash 3.2, which macOS has, knows neither mapfile nor compopt. It breaks words at = and :, which this undoes.
  bash: `# bash completion for plinth
_plinth() {
  local command=$1 rest=\${COMP_LINE:0:COMP_POINT} part blank i
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    blank=\${rest%%[![:blank:]]*}
    rest=\${rest#"$blank"}
    part=\${COMP_WORDS[i]}
    ((i == COMP_CWORD)) && part=$rest
    rest=\${rest#"$part"}
    if [[ -z $blank && i -gt 0 ]]; then
      words[\${#words[@]} - 1]+=$part
    else
      words+=("$part")
    fi
  done
  local word=\${words[\${#words[@]} - 1]} current=$part line directive=4
  [[ $current == [=:] ]] && current=
  local prefix=\${word%"$current"}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      directive=\${line#:}
    else
      line=\${line%%$'\\t'*}
      COMPREPLY+=("\${line#"$prefix"}")
    fi
  done < <("$command" complete -- "\${words[@]:1}" 2>/dev/null)
  if ((directive == 0 || directive == 16)); then
    compopt -o filenames 2>/dev/null
    local kind=-f
    ((directive == 16)) && kind=-d
    while IFS= read -r line; do
      COMPREPLY+=("$line")
    done < <(compgen "$kind" -- "$current")
  fi
}
complete -F _plinth plinth
`,
  zsh: `#compdef plinth
# zsh completion for plinth
_plinth() {
  local directive=4 line match
  local -a words_before matches
  words_before=("\${(@Q)words[2,CURRENT-1]}")
  for line in "\${(@f)$("\${(Q)words[1]}" complete -- "\${words_before[@]}" "\${(Q)PREFIX}" 2>/dev/null)}"; do
    if [[ $line == :* ]]; then
      directive=\${line#:}
    else
      match=\${line%%$'\\t'*}
      match=\${match//:/\\\\:}
      [[ $line == *$'\\t'* ]] && match+=:\${line#*$'\\t'}
      matches+=("$match")
    fi
  done
  if (( directive == 0 || directive == 16 )); then
    compset -P '-*='
    if (( directive == 16 )); then _path_files -/; else _files; fi
  else
    _describe plinth matches
  fi
}
if [[ $funcstack[1] == _plinth ]]; then
  _plinth "$@"
else
  compdef _plinth plinth
fi
`,
  fish: `# fish completion for plinth
function __plinth_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($before[1] complete -- $before[2..-1] "$current" 2>/dev/null)
    switch "$lines[-1]"
        case ':0' ':16'
            # Of a command that there is not, fish completes the paths.
            set -l prefix (string match -r -- '^-[^=]*=' "$current")
            set -l path (string replace -r -- '^-[^=]*=' '' "$current")
            set -l found (complete -C "'' $path" | string replace -r '\\t.*' '')
            test "$lines[-1]" = ':16'; and set found (string match -- '*/' $found)
            string match -q -- '*' $found; and printf '%s\\n' "$prefix"$found
        case '*'
            printf '%s\\n' $lines[1..-2]
    end
end
complete -c plinth -f -a '(__plinth_complete)'
`,
};

Hello ${name}!%{ for x in list } ${x}%{ endfor }
